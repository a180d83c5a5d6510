"""House rules that import-linter cannot see (design, "The house" and "One room, always the same furniture")."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "allmende"
ROOMS = sorted(path.parent for group in ("capabilities", "engines") for path in (SOURCE / group).glob("*/__init__.py"))
NAMES = [room.name for room in ROOMS]
FURNITURE = {
    "__init__.py", "README.md", "capability.py", "interface.py", "events.py", "workflow.py", "models.py", "rules.py",
    "queries.py", "actions.py", "forms.py", "views.py", "urls.py", "api.py", "handlers.py", "tasks.py", "admin.py",
    "ports.py", "adapters", "index.py", "shell.py", "seeds.py", "builders.py", "templates", "static", "locale",
    "migrations", "tests", "apps.py", "wagtail_hooks.py", "templatetags", "management",
}  # fmt: skip
MAY_BE_PACKAGES = {name.removesuffix(".py") for name in FURNITURE if name.endswith(".py")}
LONGEST = 450
CENTRAL = re.compile(r"^pytestmark = .*pytest\.mark\.central", re.MULTILINE)


@cache
def python_files(folder: Path) -> tuple[Path, ...]:
    every = folder.rglob("*.py")
    return tuple(path for path in every if not {"migrations", "tests"} & set(path.relative_to(folder).parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Full names of what a file imports, also inside functions."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.extend(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


@pytest.mark.parametrize("room", ROOMS, ids=NAMES)
def test_every_room_has_the_same_furniture_and_no_other(room):
    found = {path.name for path in room.iterdir() if path.name != "__pycache__"}
    strange = {name for name in found - FURNITURE if name not in MAY_BE_PACKAGES}
    assert not strange
    assert {"__init__.py", "README.md", "capability.py", "apps.py"} <= found
    purpose = ast.get_docstring(ast.parse((room / "__init__.py").read_text()))
    assert purpose
    assert len(purpose.splitlines()) <= 7


@pytest.mark.parametrize("room", ROOMS, ids=NAMES)
def test_from_outside_only_interface_and_events_of_a_room_are_imported(room):
    dotted = ".".join(room.relative_to(SOURCE.parent).parts)
    for path in python_files(SOURCE):
        if room in path.parents:
            continue
        for name in imports(path):
            if name.startswith(f"{dotted}."):
                inner = name.removeprefix(f"{dotted}.").split(".")[0]
                made_up = path.name in {"builders.py", "seeds.py"} or {"builders", "seeds"} & set(path.parts)
                builders = made_up and inner == "builders"
                assert inner in {"interface", "events"} or builders, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("room", ROOMS, ids=NAMES)
def test_one_file_of_every_room_is_central(room):
    """`make test-fast` runs it: whoever changes the room hears within a minute whether its main actions still work."""
    central = [path.name for path in room.glob("tests/test_*.py") if CENTRAL.search(path.read_text())]
    assert len(central) == 1, central


def test_core_and_ui_know_no_room():
    for below in ("core", "ui", "accounts"):
        for path in python_files(SOURCE / below):
            assert not [
                name for name in imports(path) if re.match(r"allmende\.(engines|capabilities|journeys)", name)
            ], path


def test_foreign_keys_point_down_never_sideways():
    for model in apps.get_models():
        if not model.__module__.startswith("allmende."):
            continue
        home = model._meta.app_config.name
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model:
                target = apps.get_app_config(field.related_model._meta.app_label).name
                sideways = target.startswith("allmende.") and target not in {home, "allmende.accounts", "allmende.core"}
                assert not sideways, f"{model.__name__}.{field.name} points to {target}"


INCLUDE = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")


def test_templates_reach_into_no_other_room():
    for path in SOURCE.rglob("templates/**/*"):
        if path.suffix not in {".html", ".txt"}:
            continue
        home = path.relative_to(SOURCE).parts
        room = home[home.index("templates") - 1]
        for name in INCLUDE.findall(path.read_text()):
            first, *rest = name.split("/")
            engine_part = (SOURCE / "engines" / first).is_dir() and rest[:1] == ["parts"]
            ok = first in {room, "ui"} or engine_part or (room == "accounts" and first == "account")
            assert ok or "/" not in name, f"{path.relative_to(ROOT)} uses {name}"


def test_no_inline_script_style_or_handler_in_any_template():
    bad = re.compile(
        r"<style|\sstyle=|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(ld\+)?json\")|\son[a-z]+=\"", re.IGNORECASE
    )
    for path in SOURCE.rglob("templates/**/*.html"):
        assert not bad.search(path.read_text()), path.relative_to(ROOT)


def test_nothing_is_loaded_from_another_host():
    loads = re.compile(r"""(?:src|href|action|srcset)=["'](?:https?:)?//""")
    for path in SOURCE.rglob("templates/**/*.html"):
        links = [line for line in path.read_text().splitlines() if loads.search(line) and "<a " not in line]
        assert not links, (path.relative_to(ROOT), links)


def test_no_file_outgrows_its_room():
    for path in python_files(SOURCE):
        assert len(path.read_text().splitlines()) <= LONGEST, f"{path.relative_to(ROOT)} should become a package"


def test_there_is_no_drawer_for_odds_and_ends():
    for path in SOURCE.rglob("*"):
        assert path.stem not in {"utils", "helpers", "common", "misc"}, path


def test_no_rule_or_query_reads_the_clock():
    clock = re.compile(r"timezone\.now\(|datetime\.now\(|time\.time\(|date\.today\(")
    for room in ROOMS:
        for name in ("rules", "queries"):
            for path in [room / f"{name}.py", *(room / name).rglob("*.py")]:
                if path.is_file():
                    assert not clock.search(path.read_text()), f"{path.relative_to(ROOT)}: take `at` as an argument"


def test_every_action_asks_audits_and_publishes_in_its_own_body():
    """Each `@action` names its actor by keyword and writes an audit entry in its own body."""
    for room in [*ROOMS, SOURCE / "accounts", SOURCE / "core"]:
        for path in python_files(room):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.FunctionDef) and any(ast.unparse(d) == "action" for d in node.decorator_list):
                    where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                    assert node.args.kwonlyargs, where
                    assert node.args.kwonlyargs[0].arg == "actor", where
                    assert not node.args.args, where
                    assert "audit.record(" in ast.unparse(node), where


def test_every_installed_room_is_found_by_its_manifest():
    from allmende.core import manifest

    assert {room.name for room in ROOMS} <= set(manifest.registry())
    assert {room.name for room in ROOMS} == {*settings.CAPABILITIES, *settings.ENGINES}


def test_city_packs_hold_what_every_page_needs():
    for folder in sorted((ROOT / "cities").iterdir()):
        city = tomllib.loads((folder / "city.toml").read_text())
        for key in ("name", "portal", "claim", "address", "centre", "colours", "contact", "words", "texts"):
            assert key in city, (folder.name, key)
        for name in ("plain", "sign", "imprint", "accessibility", "privacy"):
            assert (folder / "texts" / f"{name}.de.md").is_file()
            assert (folder / "texts" / f"{name}.en.md").is_file()
