"""Composition only: settings, addresses, the ASGI shell, the command line and the embedded servers."""
