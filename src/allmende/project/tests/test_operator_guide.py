"""What `docs/operator.md` tells an operator to type works as it stands there."""

import os
import re
import subprocess

import pytest

from allmende.project.config import ROOT
from allmende.project.servers.postgres import binaries, ephemeral
from allmende.project.tests.up import Up, allmende, environment, free_port

GUIDE = (ROOT / "docs/operator.md").read_text()


def test_every_setting_that_is_read_from_the_environment_is_explained():
    code = "".join((ROOT / "src/allmende/project" / name).read_text() for name in ("config.py", "settings.py"))
    read = set(re.findall(r'(?:environ\.get|environ|_flag|_port|_count|_list)[(\[]"([A-Z_]+)"', code))
    assert {"CITY", "DATABASE_URL"} <= read
    internal = {"ALLMENDE_ROLE", "DJANGO_SETTINGS_MODULE"}
    assert not [name for name in sorted(read - internal) if f"`{name}`" not in GUIDE]


def test_every_command_is_explained():
    said = subprocess.run(
        [ROOT / ".venv/bin/python", "-m", "allmende.project.cli", "--help"], capture_output=True, text=True, check=True
    )
    for command in re.findall(r"^    (\w+) ", said.stdout, re.MULTILINE):
        assert f"allmende {command}" in GUIDE


@pytest.mark.servers
def test_a_city_opens_on_a_postgresql_of_the_operators_made_as_the_guide_says(tmp_path):
    statements = re.search(r"```sql\n(.*?)```", GUIDE, re.DOTALL)[1]
    with ephemeral(tmp_path / "server") as server:
        done = subprocess.run(
            [binaries() / "psql", server.superuser_url(), "--set=ON_ERROR_STOP=1", "--quiet"],
            input="DROP ROLE allmende_owner; DROP ROLE allmende_app;\n" + statements,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"]},
            check=False,
        )
        assert done.returncode == 0, done.stderr

        def url(role: str, password: str) -> str:
            return server.url(role, "allmende_gera").replace(":test@", f":{password.replace(' ', '%20')}@")

        own = {
            "DEMO": "0",
            "DATABASE_URL": url("allmende_app", "another long secret"),
            "DATABASE_OWNER_URL": url("allmende_owner", "one long secret"),
        }
        up = Up(tmp_path / "home", **own)
        up.start()
        assert not (tmp_path / "home/postgres").exists()
        letter = allmende("doctor", env=up.env).stdout
        assert up.stop()[0] == 0
        assert "allmende_app serves and cannot change the audit" in letter
        assert "long%20secret" not in letter

        one_role = environment(tmp_path / "home", PORT=str(free_port()), DATABASE_URL=own["DATABASE_OWNER_URL"])
        assert "one role (allmende_owner) for everything" in allmende("doctor", env=one_role).stdout
