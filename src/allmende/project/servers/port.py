"""The city's port: taken before anything is started, held by the supervisor alone, asked whether pages are served."""

import errno
import socket

from allmende.project.servers.process import ServerError

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach ourselves when we listen everywhere


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the port, not listening yet. Nobody can share it. Raises `ServerError`, one sentence each."""
    holding = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holding.bind((host, port))
    except OSError as error:
        holding.close()
        reasons = {
            errno.EADDRINUSE: f"Port {port} is used by another program; set PORT to a free one.",
            errno.EACCES: f"Port {port} needs the rights of an administrator; set PORT to one above 1023.",
            errno.EADDRNOTAVAIL: f"This machine has no address {host}; set HOST to one of its own.",
        }
        otherwise = f"Cannot listen on {host}:{port}: {error.strerror}."
        raise ServerError(reasons.get(error.errno or 0, otherwise)) from None
    holding.setblocking(False)  # noqa: FBT003
    return holding


def ask(host: str, port: int) -> socket.socket | None:
    """Ask for the start page without waiting for the answer.

    The connection waits in the supervisor's socket until a process is there to take it. None: nobody listens.
    """
    try:
        asking = socket.create_connection((ANY.get(host, host), port), timeout=2)
        asking.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
    except OSError:
        return None
    asking.setblocking(False)  # noqa: FBT003
    return asking
