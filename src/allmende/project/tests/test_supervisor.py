"""`allmende up` as an operator lives with it: opens, stops, brings back what was killed, says what is in the way."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from tests.homes import put_home

from allmende.project.tests.up import Up, allmende, environment, free_port

pytestmark = pytest.mark.servers

READY = "/bereit"
MOST_MEMORY = 1024**3
LONGEST_RETURN = 45
"""The promise is 15 s, which `make kill-test` measures on a machine that does nothing else; tests share theirs."""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The home of a city that was opened once."""
    home = tmp_path_factory.mktemp("city") / "home"
    put_home("gera", home)
    return home


@pytest.fixture(scope="module")
def up(home):
    city = Up(home)
    city.start()
    yield city
    if city.process.poll() is None:
        city.stop()


def wait_for(condition, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_one_command_opens_the_city_in_little_memory(up):
    assert up.get("/") == 200
    wait_for(lambda: up.processes("manage work"))
    time.sleep(5)
    everything = [psutil.Process(up.process.pid), *psutil.Process(up.process.pid).children(recursive=True)]
    assert sum(process.memory_full_info().pss for process in everything) < MOST_MEMORY


def test_the_doctor_finds_nothing_missing_in_a_running_city(up):
    done = allmende("doctor", env=up.env)
    assert "✗ PostgreSQL" not in done.stdout
    assert re.search(r"✓ Extensions +pg_trgm, unaccent, btree_gist", done.stdout)
    assert "allmende_app serves and cannot change the audit" in done.stdout


def test_a_device_reaches_the_broker_by_mqtt_with_the_secret_and_not_without(up):
    port = int(re.search(r'mqtt \{ listen: "127.0.0.1:(\d+)"', (up.home / "nats/server.conf").read_text())[1])
    secret = (up.home / "secrets/nats").read_text()

    def connect(password: str) -> bytes:
        def text(value: str) -> bytes:
            return len(value).to_bytes(2) + value.encode()

        # CONNECT of MQTT 3.1.1, section 3.1: clean session, user name and password.
        body = (
            text("MQTT")
            + bytes([4, 0b11000010])
            + (30).to_bytes(2)
            + text("lamp-7")
            + text("allmende")
            + text(password)
        )
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(bytes([0x10, len(body)]) + body)
            return connection.recv(4)

    assert connect(secret) == bytes([0x20, 2, 0, 0])  # CONNACK, accepted
    assert connect("guess") != bytes([0x20, 2, 0, 0])


@pytest.mark.parametrize("what", ["servers.web", "manage work", "nats-server", "postgres: allmende_app", "/postgres"])
def test_what_is_killed_is_started_again(up, what):
    wait_for(lambda: up.get(READY) == 200 and up.processes(what))
    before = up.processes(what)
    before[0].kill()
    wait_for(lambda: before[0].pid not in {process.pid for process in up.processes(what)})
    wait_for(lambda: up.processes(what) and up.get(READY) == 200)


def test_a_second_supervisor_on_the_same_home_says_so_and_changes_nothing(up):
    said = one_sentence(allmende("up", env=up.env | {"PORT": str(free_port())}))
    assert f"running on {up.home} already (allmende up, process {up.process.pid})" in said
    wait_for(lambda: up.get(READY) == 200)  # the test before this one may still be felt


def test_a_used_port_is_said_before_anything_is_started(up, tmp_path):
    said = one_sentence(allmende("up", env=environment(tmp_path / "home", PORT=str(up.port))))
    assert f"Port {up.port} is used by another program" in said
    assert not (tmp_path / "home/postgres").exists()


def test_after_its_supervisor_was_killed_the_city_is_back_within_seconds(up):
    old = psutil.Process(up.process.pid).children(recursive=True)
    up.kill()
    assert up.start() < LONGEST_RETURN
    assert not [process for process in old if process.is_running()]


def test_after_everything_was_killed_the_city_is_back_within_seconds(up):
    everything = [psutil.Process(up.process.pid), *psutil.Process(up.process.pid).children(recursive=True)]
    for process in everything:
        with contextlib.suppress(psutil.NoSuchProcess):  # died with its parent
            process.kill()
    up.process.communicate(timeout=60)
    assert up.start() < LONGEST_RETURN


def test_ctrl_c_stops_cleanly_within_seconds_and_leaves_nobody(up):
    wait_for(lambda: up.processes("manage work"))  # the last to come
    children = psutil.Process(up.process.pid).children(recursive=True)
    began = time.monotonic()
    up.process.send_signal(signal.SIGINT)
    said, _ = up.process.communicate(timeout=120)
    assert up.process.returncode == 0
    assert time.monotonic() - began < 12
    assert "is open." in said
    assert up.env["ALLMENDE_HOME"] in said
    assert not [child for child in children if child.is_running()]
    assert "database system is shut down" in up.log()


class TestWhatIsInTheWay:
    def test_a_city_without_a_pack(self, tmp_path):
        said = one_sentence(allmende("up", env=environment(tmp_path / "home", CITY="atlantis")))
        assert "There is no city pack" in said

    def test_a_database_of_another_version(self, tmp_path):
        (tmp_path / "home/postgres").mkdir(parents=True)
        (tmp_path / "home/postgres/PG_VERSION").write_text("14\n")
        said = one_sentence(allmende("up", env=environment(tmp_path / "home", PORT=str(free_port()))))
        assert "was written by PostgreSQL 14" in said

    def test_somebody_elses_folder(self, tmp_path):
        (tmp_path / "photographs").mkdir()
        said = one_sentence(allmende("up", env=environment(tmp_path, PORT=str(free_port()))))
        assert "holds other things (photographs)" in said

    def test_a_database_of_the_operators_that_is_not_there(self, tmp_path):
        url = f"postgresql://allmende:secret@127.0.0.1:{free_port()}/allmende"
        said = one_sentence(allmende("up", env=environment(tmp_path / "home", PORT=str(free_port()), DATABASE_URL=url)))
        assert "PostgreSQL does not let us in" in said
        assert "secret" not in said

    @pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
    def test_a_full_disk(self, tmp_path):
        mount = ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(tmp_path)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount")
        try:
            said = one_sentence(allmende("up", env=environment(tmp_path / "home", PORT=str(free_port()))))
        finally:
            subprocess.run(["umount", str(tmp_path)], check=True)
        assert "is full" in said
