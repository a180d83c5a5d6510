"""The ASGI shell: routes of the rooms, files, the public page cache, and Django in a fixed pool of threads.

Django's own ASGI handler is many times slower with synchronous views and opens a connection per thread it happens to
use (`docs/benchmarks.md`). So the shell is the only ASGI application, and Django stays the WSGI application it is.
"""
