"""Starting, recognising and ending processes: children die with their parent, a pid alone proves nothing."""

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import psutil

SYSTEM_USER = "allmende"
"""Whom the database runs as when we are root: PostgreSQL refuses to run as root."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerError(Exception):
    """A server cannot be started; the message is one sentence that says why and what to do."""


def spawn(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    output: int | None = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process of our own group that gets `death_signal` when the starting thread ends, however it ends.

    Its own group, because Ctrl-C goes to the group of the terminal and the supervisor alone decides what stops when.
    `output` takes standard output and error together.
    """
    parent = os.getpid()

    def in_child() -> None:
        # Runs after the change of user: the kernel forgets the death signal when the user changes. Until the new
        # program runs, our own handlers are in force, and would swallow the signal.
        if death_signal != signal.SIGKILL:
            signal.signal(death_signal, signal.SIG_DFL)
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # the parent died before the line above
                os._exit(1)

    return subprocess.Popen(
        [str(argument) for argument in arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=None if environment is None else dict(environment),
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        umask=0o077,
        process_group=0,
        pass_fds=pass_fds,
        preexec_fn=in_child,  # noqa: PLW1509 - the supervisor has one thread, and prctl is one system call
    )


def identity(pid: int) -> str | None:
    """What tells a process from a later one with the same pid: the boot and the clock tick it started at.

    None when there is no such process, or only its remains.
    """
    try:
        if sys.platform == "linux":
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if fields[0] in {"Z", "X"}:
                return None
            return f"{_boot()}:{fields[19]}"
        return f"{psutil.Process(pid).create_time():.1f}"  # type: ignore[unreachable, unused-ignore]
    except (OSError, psutil.Error):
        return None


@cache
def _boot() -> str:
    """Tells one start of the machine from another; empty where a sandbox hides it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def end(processes: Iterable[tuple[int, str | None]], steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """End processes, each named by pid and identity, with signals that grow firmer; seconds to wait after each.

    True when all are gone.
    """
    left = [(pid, name) for pid, name in processes if name is not None and identity(pid) == name]
    for number, seconds in steps:
        for pid, _ in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        until = time.monotonic() + seconds
        while left and time.monotonic() < until:
            time.sleep(0.02)
            left = [(pid, name) for pid, name in left if identity(pid) == name]
        if not left:
            return True
    return not left


def server_user(folder: Path) -> pwd.struct_passwd | None:
    """Whom a server runs as that refuses to be root. None: as ourselves, because we are not root.

    A folder that somebody else owns already keeps its owner. Else it is a system user, made when it is missing.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owner := folder.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            raise ServerError(
                f"{folder} belongs to user number {owner}, who does not exist here; change it with chown."
            ) from None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    if shutil.which("useradd"):
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            check=False,
            capture_output=True,
        )
    for name in (SYSTEM_USER, "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerError("PostgreSQL does not run as root and no other user can be made; start Allmende as a normal user.")


def let_pass(path: Path, user: pwd.struct_passwd | None) -> None:
    """Let `user` walk to `path`: folders on the way that only root may enter get the right to pass through, no more."""
    if user is None:
        return
    for folder in reversed(path.resolve().parents):
        mode = folder.stat()
        mine = (
            stat.S_IXUSR if mode.st_uid == user.pw_uid else stat.S_IXGRP if mode.st_gid == user.pw_gid else stat.S_IXOTH
        )
        if not mode.st_mode & mine:
            try:
                folder.chmod(stat.S_IMODE(mode.st_mode) | mine)
            except OSError:
                raise ServerError(
                    f"User {user.pw_name} may not pass through {folder}, so the database cannot run; "
                    f"run chmod o+x {folder} or set ALLMENDE_HOME to another place."
                ) from None
