"""The pieces below the supervisor: what an operator relies on when something is in the way."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import nats
import psycopg
import pytest

from allmende.project.config import Config, ConfigError
from allmende.project.servers import nats as nats_server
from allmende.project.servers import streams
from allmende.project.servers.home import Home
from allmende.project.servers.logbook import ASIDE, Logbook
from allmende.project.servers.nats import Nats
from allmende.project.servers.port import bind, listen
from allmende.project.servers.postgres import APP, OWNER, SUPERUSER, Cluster, cached, ephemeral, wait_until_ready
from allmende.project.servers.process import ServerError, end, identity, spawn
from allmende.project.servers.running import start_nats


@pytest.mark.parametrize(("memory", "kept"), [(1, "96MB"), (4, "256MB"), (64, "512MB")])
def test_the_database_keeps_a_sixteenth_of_the_machines_memory_within_bounds(memory, kept):
    """Of 1, 4 and 64 GiB: a small machine is not filled, a large one leaves the rest to the operating system."""
    assert cached(memory * 2**30)["shared_buffers"] == kept


def test_a_process_is_known_by_more_than_its_number():
    ours = identity(os.getpid())
    assert ours is not None
    assert identity(os.getpid()) == ours
    child = subprocess.Popen(["sleep", "60"])
    assert identity(child.pid) not in {None, ours}
    assert not end([(child.pid, "another boot:1")], [(signal.SIGKILL, 0.1)]) or child.poll() is None
    assert end([(child.pid, identity(child.pid))], [(signal.SIGTERM, 5)])
    child.wait()
    assert identity(child.pid) is None


def test_children_die_with_a_parent_that_is_killed(tmp_path):
    script = (
        "from allmende.project.servers.process import spawn; import time\n"
        "print(spawn(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert identity(child) is not None
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 60
    while identity(child) is not None and time.monotonic() < until:
        time.sleep(0.02)
    assert identity(child) is None


def test_a_child_has_a_group_of_its_own_so_that_ctrl_c_does_not_reach_it():
    child = spawn(["sleep", "60"])
    assert os.getpgid(child.pid) == child.pid
    child.kill()
    child.wait()


class TestHome:
    def test_a_folder_with_other_things_is_left_alone(self, tmp_path):
        (tmp_path / "letters").mkdir()
        with pytest.raises(ServerError, match="holds other things"):
            Home(tmp_path, "gera").open()
        assert [path.name for path in tmp_path.iterdir()] == ["letters"]

    def test_a_file_is_no_home(self, tmp_path):
        (tmp_path / "home").write_text("")
        with pytest.raises(ServerError, match="is not a folder"):
            Home(tmp_path / "home", "gera").open()

    def test_a_home_of_a_newer_release_is_left_alone(self, tmp_path):
        (tmp_path / "allmende.json").write_text('{"format": 99}')
        with pytest.raises(ServerError, match="newer Allmende"):
            Home(tmp_path, "gera").open()

    def test_only_one_may_use_it_at_a_time(self, tmp_path):
        first, second = Home(tmp_path, "gera"), Home(tmp_path, "gera")
        first.open()
        first.lock("up")
        with pytest.raises(ServerError, match=f"allmende up, process {os.getpid()}"):
            second.lock("up")
        first.unlock()
        second.lock("up")
        second.unlock()

    def test_what_a_killed_run_left_is_ended_and_nobody_else(self, tmp_path):
        home = Home(tmp_path, "gera")
        home.open()
        left, stranger = spawn(["sleep", "60"]), spawn(["sleep", "60"])
        home.remember({"web-1": left.pid, "worker": stranger.pid})
        rows = (tmp_path / "processes.json").read_text().replace(identity(stranger.pid), "another start")
        (tmp_path / "processes.json").write_text(rows)
        home.clear()
        assert left.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
        stranger.kill()
        stranger.wait()

    @pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
    def test_a_full_disk_is_said_in_one_sentence(self, tmp_path):
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", tmp_path], check=False, capture_output=True
        )
        if mounted.returncode:
            pytest.skip("this machine lets nobody mount")
        try:
            with pytest.raises(ServerError, match=r"is full: \d+ MB are free, 200 MB are needed"):
                Home(tmp_path / "home", "gera").open()
        finally:
            subprocess.run(["umount", tmp_path], check=True)


def test_a_used_port_is_said_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} is used by another program"):
            bind("127.0.0.1", port)


def test_connections_are_dealt_out_to_the_processes_and_never_to_a_stranger():
    with contextlib.ExitStack() as held:
        ours = [held.enter_context(one) for one in listen(bind("127.0.0.1", 0), 2, 300)]
        stranger = held.enter_context(socket.socket())
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        stranger.bind(ours[0].getsockname())
        stranger.listen(300)
        stranger.setblocking(False)  # noqa: FBT003 - the socket's own signature
        for _ in range(200):
            held.enter_context(socket.create_connection(ours[0].getsockname(), timeout=5))
        dealt = [len(list(waiting(one, held))) for one in (*ours, stranger)]
    assert dealt[2] == 0
    assert sum(dealt) == 200
    assert min(dealt[:2]) > 50, dealt  # by chance: fewer than one time in 10^12


def waiting(listening: socket.socket, held: contextlib.ExitStack) -> Iterator[socket.socket]:
    """Takes the connections that wait."""
    with contextlib.suppress(BlockingIOError):
        while True:
            yield held.enter_context(listening.accept()[0])


class TestLogbook:
    def test_days_are_kept_for_a_week(self, tmp_path):
        today = datetime.now(UTC)
        for days in (1, 6, 8, 30):
            (tmp_path / f"{today - timedelta(days=days):%Y-%m-%d}.log").write_text("old\n")
        book = Logbook(tmp_path, echo=False)
        book.write("web-1", "new")
        assert len(list(tmp_path.iterdir())) == 3
        assert book.path.read_text() == "web-1      new\n"

    def test_a_secret_for_the_terminal_goes_into_no_file(self, tmp_path):
        book = Logbook(tmp_path, echo=False)
        book.write("prepare", ASIDE + "https://city.example/secret")
        book.write("prepare", "done")
        assert "secret" not in book.path.read_text()
        assert list(book.recent["prepare"]) == [ASIDE + "https://city.example/secret", "done"]


class TestConfig:
    @pytest.mark.parametrize(
        ("name", "value"),
        [("PORT", "http"), ("PORT", "70000"), ("CITY", "../etc"), ("DEMO", "maybe"), ("WEB_PROCESSES", "0")],
    )
    def test_nonsense_is_refused_by_name(self, monkeypatch, name, value):
        monkeypatch.setenv(name, value)
        with pytest.raises(ConfigError, match=name):
            Config.from_environment()

    def test_a_very_deep_home_still_gets_a_socket(self, monkeypatch, tmp_path):
        monkeypatch.setenv("ALLMENDE_HOME", str(tmp_path / ("deep" * 30)))
        assert len(os.fsencode(Config.from_environment().postgres_socket)) < 90


@pytest.mark.servers
class TestPostgres:
    def test_the_app_may_work_with_tables_but_not_make_or_drop_them(self, tmp_path):
        with ephemeral(tmp_path / "server") as server:
            server.create_database("city")
            with psycopg.connect(server.url(OWNER, "city")) as owner:
                owner.execute("CREATE TABLE thing (id int)")
                owner.execute("CREATE INDEX ON thing USING gist (id)")  # btree_gist is there
            with psycopg.connect(server.url(APP, "city"), autocommit=True) as app:
                app.execute("INSERT INTO thing VALUES (1)")
                assert app.execute("SELECT upper('höhe'), similarity('Linde', 'Linden') > 0.5").fetchone() == (
                    "HÖHE",
                    True,
                )
                for forbidden in ("CREATE TABLE other (id int)", "DROP TABLE thing", "TRUNCATE thing"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        app.execute(forbidden)

    def test_a_copy_has_what_its_template_had(self, tmp_path):
        with ephemeral(tmp_path / "server") as server:
            server.create_database("one")
            with psycopg.connect(server.url(OWNER, "one")) as owner:
                owner.execute("CREATE TABLE thing (id int)")
            server.create_database("two", template="one")
            with psycopg.connect(server.url(APP, "two")) as app:
                assert app.execute("SELECT count(*) FROM thing").fetchone() == (0,)
            server.drop_database("two")
            assert not server.database_exists("two")

    def test_foreign_files_and_other_versions_are_refused(self, tmp_path):
        with ephemeral(tmp_path / "server") as server:
            pass
        server.data.mkdir()
        (server.data / "letter.txt").write_text("")
        with pytest.raises(ServerError, match="no PostgreSQL database"):
            server.initialise()
        (server.data / "PG_VERSION").write_text("14\n")
        with pytest.raises(ServerError, match="written by PostgreSQL 14"):
            server.initialise()

    def test_a_killed_server_loses_nothing_and_leaves_nobody(self, tmp_path):
        passwords = dict.fromkeys((SUPERUSER, OWNER, APP), "test")
        server = Cluster(tmp_path / "postgres", tmp_path / "run", passwords)
        server.initialise()
        first = server.spawn()
        second = None
        try:
            wait_until_ready(server, first, 30)
            server.create_roles()
            server.create_database("city")
            with psycopg.connect(server.url(OWNER, "city"), autocommit=True) as owner:
                owner.execute("CREATE TABLE thing (id int)")
                owner.execute("INSERT INTO thing VALUES (1)")
                first.kill()  # its children are left, and its lock file names a process that still counts as there
                second = server.spawn()
            wait_until_ready(server, second, 30)
            with psycopg.connect(server.url(APP, "city")) as app:
                assert app.execute("SELECT count(*) FROM thing").fetchone() == (1,)
        finally:
            for process in (first, second):
                if process is not None:
                    process.send_signal(signal.SIGQUIT)
                    process.wait(10)


@pytest.fixture
def two_nats(tmp_path):
    running = []
    for name in ("one", "two"):
        server = Nats(tmp_path / name, "secret")
        running.append((server, start_nats(server)))
    yield [f"nats://allmende:secret@127.0.0.1:{server.port}" for server, _ in running]
    for _, process in running:
        process.terminate()
        process.wait(10)


@pytest.mark.servers
class TestNats:
    def test_streams_move_to_another_server_with_their_readers(self, two_nats, tmp_path):
        one, two = two_nats
        message = os.urandom(3000)

        async def fill() -> None:
            client = await nats.connect(one)
            stream = client.jetstream()
            await stream.add_stream(name="lamps", subjects=["gera.lamps.>"])
            for _ in range(300):
                await stream.publish("gera.lamps.7", message)
            await (await stream.subscribe("gera.lamps.7", durable="ingest")).unsubscribe()
            await client.close()

        async def look() -> None:
            client = await nats.connect(two)
            stream = client.jetstream()
            assert (await stream.stream_info("lamps")).state.messages == 300
            assert (await stream.get_msg("lamps", 300)).data == message
            await client.close()

        asyncio.run(fill())
        folder = tmp_path / "copy"
        folder.mkdir()
        assert streams.save(one, folder) == ["lamps"]
        assert streams.load(two, folder) == ["lamps"]
        asyncio.run(look())
        with pytest.raises(streams.StreamError):
            streams.load(two, folder)

    def test_nobody_gets_in_without_the_secret(self, two_nats):
        port = int(two_nats[0].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.recv(4096)  # its greeting
            connection.sendall(b'CONNECT {"user":"allmende","pass":"guess","verbose":false}\r\nPING\r\n')
            assert b"Authorization Violation" in connection.recv(4096)

    def test_a_port_lost_between_choice_and_start_is_chosen_again(self, tmp_path, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            looks = iter([True])  # free at the first look only: then the other one came
            monkeypatch.setattr(nats_server, "MQTT_PORT", taken)
            monkeypatch.setattr(nats_server, "is_free", lambda _port: next(looks, False))
            server = Nats(tmp_path, "secret")
            process = start_nats(server)
            try:
                assert server.mqtt_port != taken
                assert server.ready()
            finally:
                process.terminate()
                process.wait(10)

    def test_ports_stay_once_it_has_greeted(self, tmp_path):
        server = Nats(tmp_path, "secret")
        process = start_nats(server)
        ports = (server.port, server.mqtt_port)
        process.kill()
        process.wait(10)
        process = start_nats(server)
        try:
            assert (server.port, server.mqtt_port) == ports
        finally:
            process.terminate()
            process.wait(10)

    def test_a_used_device_port_is_said_in_one_sentence(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as other:
            server = Nats(tmp_path, "secret", mqtt_port=other.getsockname()[1])
            with pytest.raises(ServerError, match="set MQTT_PORT"):
                server.choose_ports()
