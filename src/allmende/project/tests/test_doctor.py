"""`allmende doctor` tells an operator what is missing before a resident does."""

import json

from allmende.project import doctor
from allmende.project.config import Config
from allmende.project.tests.up import allmende, environment, free_port


def letter(env: dict[str, str]) -> tuple[int, dict[str, dict[str, str]]]:
    done = allmende("doctor", "--json", env=env)
    return done.returncode, {row["name"]: row for row in json.loads(done.stdout)}


def test_what_is_necessary_and_missing_is_named_with_a_remedy(tmp_path):
    port = free_port()
    code, found = letter(
        environment(
            tmp_path / "home",
            CITY="atlantis",
            DATABASE_URL=f"postgresql://allmende:secret@127.0.0.1:{port}/allmende",
            NATS_URL=f"nats://allmende:secret@127.0.0.1:{port}",
        )
    )
    assert code == 1
    for name in ("City", "PostgreSQL", "NATS"):
        assert found[name]["state"] == "missing"
        assert found[name]["remedy"]
        assert "secret" not in found[name]["says"]
    assert found["Python"]["state"] == "good"
    assert not (tmp_path / "home").exists()


def test_a_real_city_is_told_what_its_people_will_miss(tmp_path):
    _, found = letter(environment(tmp_path / "home", DEMO="0"))
    assert found["Mail"]["state"] == "hint"
    assert found["Address"]["state"] == "hint"
    assert found["City"]["state"] == "good"


def test_adapters_without_a_proof_are_called_unproven(tmp_path, monkeypatch):
    room = tmp_path / "src/allmende/capabilities/services/adapters"
    room.mkdir(parents=True)
    (room / "demo.py").write_text("")
    (room / "fitconnect.py").write_text("")
    (room / "xta.py").write_text('PROVEN_BY = "tests/test_xta.py"\n')
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    found = {finding.says: finding.state for finding in doctor.adapters(Config.from_environment())}
    assert found == {"services.fitconnect is unproven": "hint", "services.xta, proven by tests/test_xta.py": "good"}
