import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.project.config import ROOT
from allmende.ui import theme

PACKS = sorted(path.parent.name for path in (ROOT / "cities").glob("*/city.toml"))


def weak(tokens):
    """Pairs that stand on each other in the stylesheets and do not contrast enough."""
    found = []
    for front, ground, least in theme.PAIRS:
        ratio = theme.contrast(theme.parse(tokens[front]), theme.parse(tokens[ground]))
        if ratio < least:
            found.append((front, ground, round(ratio, 2), least))
    return found


def test_there_are_two_cities_to_look_at():
    assert {"gera", "jena"} <= set(PACKS)


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("themed", [theme.light, theme.dark])
def test_every_text_in_the_city_is_readable(pack, themed):
    colours = tomllib.loads((ROOT / "cities" / pack / "city.toml").read_text())["colours"]
    assert weak(themed(colours)) == []


COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@given(st.fixed_dictionaries(dict.fromkeys(theme.DEFAULTS, COLOURS)))
def test_whatever_colours_a_city_chooses_its_pages_stay_readable(colours):
    assert weak(theme.light(colours)) == []
    assert weak(theme.dark(colours)) == []


def test_contrast_is_that_of_the_standard():
    assert theme.contrast(theme.BLACK, theme.WHITE) == pytest.approx(21)
    assert theme.contrast(theme.parse("#777777"), theme.WHITE) == pytest.approx(4.48, abs=0.01)


def test_something_that_is_no_colour_is_refused():
    with pytest.raises(ValueError, match="not a colour"):
        theme.light({"primary": "red; } body { display: none"})


def test_the_address_of_the_stylesheet_changes_with_the_colours():
    assert theme.version({}) != theme.version({"primary": "#123456"})
    assert "{" not in theme.version({})


def test_stylesheets_use_only_tokens_that_the_theme_defines():
    import re

    sources = (ROOT / "src/allmende/ui/static/ui/src").glob("*.css")
    used = {name for path in sources for name in re.findall(r"var\(--city-([a-z-]+)", path.read_text())}
    assert used <= set(theme.light({}))
    assert set(theme.light({})) == set(theme.dark({}))
