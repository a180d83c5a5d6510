"""The city's port: taken before anything is started, held by the supervisor alone, asked whether pages are served."""

import ctypes
import errno
import socket
import struct

from allmende.project.servers.process import ServerError

SO_ATTACH_REUSEPORT_CBPF = 51  # linux, `asm-generic/socket.h`; not in the socket module
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach ourselves when we listen everywhere


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the port, not listening yet, unless anybody has it. Raises `ServerError`, one sentence."""
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


def listen(first: socket.socket, count: int, backlog: int) -> list[socket.socket]:
    """`count` listening sockets on the port of `first`, one of them; the kernel deals connections out by chance.

    From a single socket the process that is awake takes connection after connection while the others sleep: eight
    browsers then share one processor. `first` was bound alone, so nobody else has the port; and whoever joins later,
    as any program of the same user can, is never dealt a connection.
    """
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sockets = [first]
    for _ in range(count - 1):
        another = socket.socket(first.family, socket.SOCK_STREAM)
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        another.bind(first.getsockname())
        another.setblocking(False)  # noqa: FBT003
        sockets.append(another)
    for one in sockets:
        one.listen(backlog)
    code = b"".join(struct.pack("=HBBI", step, 0, 0, value) for step, value in dealing(count))
    kept = ctypes.create_string_buffer(code)
    first.setsockopt(
        socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, struct.pack("@HP", len(code) // 8, ctypes.addressof(kept))
    )
    return sockets


def dealing(count: int) -> list[tuple[int, int]]:
    """The kernel's rule for a new connection: a random number, modulo the sockets (classic BPF, `linux/filter.h`)."""
    load_word, modulo, give = 0x20, 0x94, 0x16  # BPF_LD|BPF_W|BPF_ABS, BPF_ALU|BPF_MOD|BPF_K, BPF_RET|BPF_A
    random_number = 2**32 - 0x1000 + 56  # SKF_AD_OFF + SKF_AD_RANDOM
    return [(load_word, random_number), (modulo, count), (give, 0)]


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
