import json

import pytest

from allmende.project.cli import main

FILE = """META
key;value
num_projects;2
num_votes;3
budget;100
vote_type;approval
PROJECTS
project_id;cost;name
1;70;Bänke
2;60;Bäume
VOTES
voter_id;vote
1;1
2;1
3;2
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "city.pb"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_winners_and_protocol_are_printed_in_words(file, capsys):
    assert main(["ballots", "count", str(file), "--rule", "equal-shares"]) == 0
    said = capsys.readouterr().out
    assert "Gewählt:\n  1  Bänke\n" in said
    assert "„Bänke“ kommt dazu. Kosten: 70. 2 Menschen teilen sich das." in said
    assert "„Bäume“ passt nicht mehr: 1 Stimme, Kosten 60, übrig sind 30." in said


def test_programs_get_all_of_it(file, capsys):
    assert main(["ballots", "count", str(file), "--json", "--completion", "none"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["winners"] == []  # 66⅔ behind the benches, 33⅓ behind the trees
    assert data["protocol"][1]["facts"]["share"] == "100/3"


def test_what_cannot_be_counted_is_said_in_one_sentence(file, capsys):
    assert main(["ballots", "count", str(file), "--rule", "stv"]) == 1
    assert "needs rankings" in capsys.readouterr().err
    file.write_text(FILE[:-10], encoding="utf-8")
    assert main(["ballots", "count", str(file)]) == 1
    assert "not whole" in capsys.readouterr().err
    assert main(["ballots", "count", str(file.with_name("absent.pb"))]) == 1
