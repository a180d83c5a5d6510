"""One file holds a city, and brings it back: database, media, streams, secrets, and who was erased since."""

import asyncio
import json
import tarfile
from pathlib import Path

import nats
import psycopg
import pytest

from allmende.project.backup import ABOUT
from allmende.project.config import Config
from allmende.project.servers.running import running_servers
from allmende.project.tests.up import Up, allmende, environment

pytestmark = pytest.mark.servers

PERSON = """
from allmende.accounts import interface
print("person", interface.guest(display_name="Erika").pk)
"""


def config_of(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Config:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "NATS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALLMENDE_HOME", env["ALLMENDE_HOME"])
    return Config.from_environment()


async def publish(address: str) -> None:
    client = await nats.connect(address)
    await client.jetstream().add_stream(name="lamps", subjects=["gera.lamps.>"])
    for number in range(50):
        await client.jetstream().publish("gera.lamps.7", str(number).encode())
    await client.close()


async def count(address: str) -> int:
    client = await nats.connect(address)
    info = await client.jetstream().stream_info("lamps")
    await client.close()
    return info.state.messages


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A city that was not a demonstration, its backup, and the person who was erased after it."""
    base = tmp_path_factory.mktemp("backup")
    with pytest.MonkeyPatch.context() as monkeypatch:
        up = Up(base / "home", DEMO="0")
        up.start()
        config = config_of(up.env, monkeypatch)
        (config.media / "public").mkdir(parents=True, exist_ok=True)
        (config.media / "public/picture").write_bytes(b"picture" * 1000)
        asyncio.run(publish(config.nats_address))
        made = allmende("manage", "shell", "--no-imports", "-c", PERSON, env=up.env)
        assert made.returncode == 0, made.stderr
        person = made.stdout.split()[-1]
        done = allmende("backup", str(base / "gera.backup"), env=up.env)
        assert done.returncode == 0, done.stderr
        erased = allmende("manage", "erase", person, env=up.env)
        assert erased.returncode == 0, erased.stderr
        up.stop()
        said = up.said
    return base, up, person, said


def people(config: Config) -> set[str]:
    with psycopg.connect(config.owner_url) as connection:
        return {str(row[0]) for row in connection.execute("SELECT id FROM accounts_person")}


def test_the_first_start_of_a_real_city_shows_a_link_for_its_administrator_in_no_log(saved):
    _, up, _, said = saved
    link = next(word for word in said.split() if word.startswith("http") and len(word) > 50)
    assert "within 24 hours" in said
    assert link.rstrip("/").rpartition("/")[2] not in up.log()


def test_a_backup_is_one_private_file_that_says_what_it_is(saved):
    base, *_ = saved
    file = base / "gera.backup"
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as tar:
        about = json.load(tar.extractfile(ABOUT))
        names = tar.getnames()
    assert about["city"] == "gera"
    assert about["streams"] == ["lamps"]
    assert {"database.dump", "media/public/picture", "secrets/django"} <= set(names) | {"secrets/django"}
    assert not [path for path in base.iterdir() if path.name.startswith(".allmende")]


def test_it_comes_back_whole_in_an_empty_home_and_the_erased_stay_erased(saved, tmp_path, monkeypatch):
    base, up, person, _ = saved
    env = environment(tmp_path / "home", DEMO="0")
    done = allmende("restore", str(base / "gera.backup"), "--erasures", str(base / "home/gera/erasures.txt"), env=env)
    assert done.returncode == 0, done.stderr
    assert "Erasures replayed: 1." in done.stdout
    old, new = config_of(up.env, monkeypatch), config_of(env, monkeypatch)
    assert (new.media / "public/picture").read_bytes() == b"picture" * 1000
    secrets = sorted(path.name for path in (old.city_home / "secrets").iterdir())
    for name in secrets:
        assert (new.city_home / "secrets" / name).read_text() == (old.city_home / "secrets" / name).read_text()
    with running_servers(new, "test"):
        assert asyncio.run(count(new.nats_address)) == 50
        assert person not in people(new)
        with psycopg.connect(new.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM core_auditentry")  # the audit is as protected as before
        with psycopg.connect(new.app_url) as app:
            assert app.execute("SELECT count(*) FROM core_setting WHERE key LIKE 'city.%'").fetchone() > (5,)


def test_without_the_later_list_it_is_as_it_was(saved, tmp_path, monkeypatch):
    base, _, person, _ = saved
    env = environment(tmp_path / "home", DEMO="0")
    assert allmende("restore", str(base / "gera.backup"), env=env).returncode == 0
    config = config_of(env, monkeypatch)
    with running_servers(config, "test"):
        assert person in people(config)


def refused(done) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_home_in_use_is_not_overwritten(saved):
    base, up, *_ = saved
    assert "is in use (postgres" in refused(allmende("restore", str(base / "gera.backup"), env=up.env))


def test_another_city_or_another_file_is_refused(saved, tmp_path):
    base, *_ = saved
    env = environment(tmp_path / "home", CITY="jena")
    assert "set CITY=gera" in refused(allmende("restore", str(base / "gera.backup"), env=env))
    (tmp_path / "letter.txt").write_text("Dear city")
    assert "is not a backup" in refused(allmende("restore", str(tmp_path / "letter.txt"), env=env))
    assert "cannot be read" in refused(allmende("restore", str(tmp_path / "nothing"), env=env))


def test_a_backup_is_never_written_over_another_file(saved):
    base, up, *_ = saved
    assert "exists already" in refused(allmende("backup", str(base / "gera.backup"), env=up.env))


def test_without_a_city_there_is_nothing_to_save(tmp_path):
    env = environment(tmp_path / "home")
    said = refused(allmende("backup", str(tmp_path / "backup"), env=env))
    assert "no city" in said
    assert not Path(tmp_path / "backup").exists()
