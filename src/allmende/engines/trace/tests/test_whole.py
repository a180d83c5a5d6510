"""The whole Trace on one page: as a picture, as lists that go on, and for programs in the words of W3C PROV."""

import itertools
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from allmende.core.actor import Grant, Role, Viewer
from allmende.core.errors import Invalid
from allmende.engines.search.builders import put_thing, ref_of
from allmende.engines.search.models import Entry
from allmende.engines.trace import queries
from allmende.engines.trace.builders import put_edge
from allmende.engines.trace.models import Edge

NOW = timezone.now()
ANYBODY = Viewer()


def day(number):
    return NOW - timedelta(days=1000 - number)


def thing(title, number, **more):
    return put_thing(title, happened_at=day(number), **more)


@pytest.fixture
def visitor():
    cache.clear()
    return Client(headers={"host": "localhost"})


@pytest.fixture
def way(db):
    """Idea, theme, goal, paper, pilot and an effect that fed the goal again."""
    names = ["Idee", "Thema", "Ziel", "Vorlage", "Pilot", "Wirkung"]
    refs = [thing(name, 10 * number) for number, name in enumerate(names)]
    for number, (one, other) in enumerate(itertools.pairwise(refs)):
        put_edge(one, other, happened_at=day(10 * number + 10), reason=f"Grund {number}")
    put_edge(refs[5], refs[2], happened_at=day(60), reason="Die Wirkung bestärkt das Ziel.")
    return dict(zip(names, refs, strict=True))


def fan(count, *, hidden=0):
    """So many ideas in one theme; the first of them not for everybody."""
    theme = thing("Licht", 500)
    for number in range(count):
        idea = thing(f"Idee {number}", number, visibility="hidden" if number < hidden else "public")
        put_edge(idea, theme, happened_at=day(500))
    return theme


def test_the_page_shows_the_way_as_a_picture_that_the_lists_repeat(way, visitor):
    text = visitor.get(f"/spur/{way['Thema']}/").content.decode()
    svg = re.search(r"<svg class=\"way\".*?</svg>", text, re.DOTALL)[0]
    assert 'aria-hidden="true"' in svg
    assert svg.count("way-card ") == 6
    for name in ("Idee", "Ziel", "Vorlage", "Pilot", "Wirkung"):
        assert f">{name}</tspan>" in svg
        assert f'<a href="/beispiel/{way[name].id}/" tabindex="-1">' in svg
        assert text.replace(svg, "").count(name) >= 2  # as a station and in the reasons
    assert svg.count("way-line--back") == 1
    assert svg.count("way-line--plain") == 5
    assert "alle 6 Stationen" in text
    assert "wirkte auf etwas zurück" in text
    assert "nicht öffentlich" not in text
    assert " style=" not in svg


def test_the_same_things_are_told_as_where_the_trace_is_read_at_once(way):
    trace = queries.trace_of(way["Ziel"], ANYBODY, NOW)
    whole = queries.whole_of(way["Ziel"], ANYBODY, NOW)
    assert whole.here == trace.here
    assert whole.origins.rows == trace.origins
    assert whole.outcomes.rows == trace.outcomes
    assert whole.links.rows == trace.links


def test_the_present_station_and_its_next_step_are_told_the_same(db):
    idea, goal = thing("Idee", 0), thing("Ziel", 10, next_step={"de": "Entwurf"}, due=NOW + timedelta(days=3))
    later = put_thing("Pilot", happened_at=NOW + timedelta(days=30), reached=False)
    put_edge(idea, goal, happened_at=day(10))
    put_edge(goal, later, happened_at=day(11))
    for ref in (idea, goal, later):
        whole, trace = queries.whole_of(ref, ANYBODY, NOW), queries.trace_of(ref, ANYBODY, NOW)
        assert [whole.here, *whole.outcomes.rows] == [trace.here, *trace.outcomes]
    assert 'way-card--open"' in Client(headers={"host": "localhost"}).get(f"/spur/{goal}/").content.decode()


def test_two_things_are_no_picture(db, visitor):
    idea, goal = thing("Idee", 0), thing("Ziel", 10)
    put_edge(idea, goal, happened_at=day(10))
    assert '<svg class="way"' not in visitor.get(f"/spur/{idea}/").content.decode()


def test_a_picture_is_bounded_and_says_what_only_the_lists_hold(db, visitor):
    theme = fan(60)
    text = visitor.get(f"/spur/{theme}/").content.decode()
    assert "58 weitere Stationen dieser Art" in re.sub(r"<[^>]+>", "", text)
    assert "Das Bild zeigt 3 Stationen" in text
    assert "58 weitere stehen nur in den Listen" in text


# Lists in parts


def test_long_lists_go_on_and_every_station_comes_once(db, visitor):
    theme = fan(95)
    seen, url = [], f"/spur/{theme}/"
    while url:
        page = visitor.get(url)
        part = page.context["trace"].origins
        assert part.count == 95
        seen += [station.title for station in part.rows]
        more = page.context["more"]["origins"]
        url = f"/spur/{theme}/{more}" if more else ""
    assert sorted(seen) == sorted(f"Idee {number}" for number in range(95))
    second = visitor.get(f"/spur/{theme}/" + visitor.get(f"/spur/{theme}/").context["more"]["links"])
    assert len(second.context["trace"].links.rows) == 40
    assert "Zum Anfang dieser Liste" in second.content.decode()
    assert '<svg class="way"' not in second.content.decode()


def test_a_place_that_a_list_does_not_have_is_said_to_be_none(way, visitor):
    for asked in ("part=origins&after=x", f"part=links&after={UUID(int=3)}"):
        assert visitor.get(f"/spur/{way['Ziel']}/?{asked}").status_code == 422
    assert visitor.get(f"/spur/{way['Ziel']}/?part=nowhere&after=x").status_code == 200
    with pytest.raises(Invalid):
        queries.whole_of(way["Ziel"], ANYBODY, NOW, part="outcomes", after="nothing")


def test_a_large_trace_takes_as_few_queries_as_a_small_one(db, visitor, django_assert_max_num_queries):
    refs = [ref_of(UUID(int=number + 1)) for number in range(700)]
    theme = thing("Licht", 500)
    Entry.objects.bulk_create(
        Entry(
            capability=ref.capability, kind=ref.kind, object_id=ref.id, titles={"de": f"Idee {n}"},
            url=f"/beispiel/{ref.id}/", state="published", happened_at=day(n % 400),
        )
        for n, ref in enumerate(refs)
    )  # fmt: skip
    Edge.objects.bulk_create(
        Edge(
            source_capability=ref.capability, source_kind=ref.kind, source_id=ref.id,
            target_capability=theme.capability, target_kind=theme.kind, target_id=theme.id,
            reason="Passt.", happened_at=day(500), created_at=day(500),
        )
        for ref in refs
    )  # fmt: skip
    with django_assert_max_num_queries(6):
        whole = queries.whole_of(theme, ANYBODY, NOW)
    assert (whole.origins.count, len(whole.origins.rows), whole.cut) == (700, 40, False)
    assert whole.picture.left_out == 698


# What is not public


@pytest.mark.parametrize("steps", [1, 3])
def test_hidden_steps_are_a_dashed_line_however_many_they_are(db, visitor, steps):
    idea, pilot, effect = thing("Idee", 0), thing("Pilot", 100), thing("Wirkung", 120)
    hidden = [thing(f"GEHEIM {number}", 10 + number, visibility="hidden") for number in range(steps)]
    for one, other in itertools.pairwise([idea, *hidden, pilot, effect]):
        put_edge(one, other, happened_at=day(100), reason="Wirkt." if one == pilot else "GEHEIM")
    text = visitor.get(f"/spur/{idea}/").content.decode()
    picture = queries.whole_of(idea, ANYBODY, NOW).picture
    assert [stroke.style for stroke in picture.strokes].count("through") == 1
    assert len(picture.cards) == 3
    assert picture.left_out == 0
    assert text.count("Dieser Schritt ist nicht öffentlich.") == 1
    assert "Dazwischen liegt ein Schritt, der nicht öffentlich ist" in text
    for path in (
        f"/spur/{idea}/", f"/api/v1/trace/{idea}",
        f"/api/v1/trace/{idea}/prov.json", f"/api/v1/trace/{idea}/prov.provn",
    ):  # fmt: skip
        told = visitor.get(path).content.decode()
        edges = Edge.objects.filter(reason="GEHEIM")
        for secret in ("GEHEIM", *(str(ref.id) for ref in hidden), *(str(edge.id) for edge in edges)):
            assert secret not in told, path


def test_hidden_things_are_not_counted(db, visitor):
    theme = fan(20, hidden=12)
    whole = queries.whole_of(theme, ANYBODY, NOW)
    assert (whole.origins.count, whole.links.count) == (8, 8)
    assert whole.picture.drawn + whole.picture.left_out == 9
    assert queries.whole_of(theme, ANYBODY, NOW).picture.left_out == 6


@pytest.mark.parametrize(
    "path", ["/spur/{}/", "/api/v1/trace/{}", "/api/v1/trace/{}/prov.json", "/api/v1/trace/{}/prov.provn"]
)
@pytest.mark.parametrize(
    "kept", [{"visibility": "hidden"}, {"visibility": "role:moderator:"}, {"visible_from": NOW + timedelta(days=1)}]
)
def test_what_one_may_not_see_has_no_trace_for_one(db, visitor, path, kept):
    secret, goal, pilot = thing("GEHEIM", 0, **kept), thing("Ziel", 10), thing("Pilot", 20)
    put_edge(secret, goal, happened_at=day(10), reason="GEHEIM")
    put_edge(goal, pilot, happened_at=day(20))
    assert visitor.get(path.format(secret)).status_code == 404
    answer = visitor.get(path.format(pilot))
    assert answer.status_code == 200
    assert "GEHEIM" not in answer.content.decode()
    assert str(secret.id) not in answer.content.decode()


def test_staff_see_in_the_picture_what_is_theirs(db):
    secret, goal, pilot = thing("GEHEIM", 0, visibility="role:moderator:"), thing("Ziel", 10), thing("Pilot", 20)
    put_edge(secret, goal, happened_at=day(10))
    put_edge(goal, pilot, happened_at=day(20))
    staff = Viewer(grants=frozenset({Grant(Role.MODERATOR)}))
    assert queries.whole_of(goal, ANYBODY, NOW).picture is None  # two things are no picture
    assert "GEHEIM" in repr(queries.whole_of(goal, staff, NOW).picture)


def test_words_of_people_are_words_in_the_picture(db, visitor):
    refs = [thing(f'<b onclick="x">&amp; {number}</b>', number) for number in range(3)]
    for one, other in itertools.pairwise(refs):
        put_edge(one, other, happened_at=day(3))
    text = visitor.get(f"/spur/{refs[0]}/").content.decode()
    assert "<b onclick" not in text


# For programs


def test_prov_names_things_links_and_offices_and_no_person(way, visitor):
    edge = Edge.objects.get(reason="Grund 1")
    Edge.objects.filter(pk=edge.pk).update(role="clerk", scope="department:umwelt", actor_key=UUID(int=77))
    told = visitor.get(f"/api/v1/trace/{way['Ziel']}/prov.json").json()
    assert set(told) == {
        "prefix", "entity", "activity", "agent", "used", "wasAssociatedWith", "wasDerivedFrom", "wasInfluencedBy",
    }  # fmt: skip
    assert set(told["entity"]) == {f"thing:{ref}" for ref in way.values()}
    assert told["entity"][f"thing:{way['Idee']}"]["prov:label"] == {"$": "Idee", "lang": "de"}
    step = f"step:{edge.id}"
    assert told["activity"][step]["prov:label"]["$"] == "Grund 1"
    assert told["activity"][step]["prov:startTime"] == edge.happened_at.isoformat()
    agents = {row["prov:activity"]: row["prov:agent"] for row in told["wasAssociatedWith"].values()}
    assert agents[step] == "office:clerk/department/umwelt"
    assert set(agents.values()) == {"office:clerk/department/umwelt", "allmende:platform"}
    assert str(UUID(int=77)) not in str(told)
    derived = {(row["prov:usedEntity"], row["prov:generatedEntity"]) for row in told["wasDerivedFrom"].values()}
    assert (f"thing:{way['Idee']}", f"thing:{way['Thema']}") in derived
    assert (f"thing:{way['Wirkung']}", f"thing:{way['Ziel']}") not in derived  # the goal was there before
    influenced = {(row["prov:influencer"], row["prov:influencee"]) for row in told["wasInfluencedBy"].values()}
    assert (f"thing:{way['Wirkung']}", f"thing:{way['Ziel']}") in influenced


def test_everything_that_prov_speaks_of_is_declared(way, visitor):
    told = visitor.get(f"/api/v1/trace/{way['Idee']}/prov.json").json()
    declared = {*told["entity"], *told["activity"], *told["agent"]}
    for kind in ("used", "wasAssociatedWith", "wasDerivedFrom", "wasInfluencedBy"):
        for row in told[kind].values():
            named = {value for key, value in row.items() if key != "prov:time"}
            assert named <= declared
    prefixes = {name.partition(":")[0] for name in declared}
    assert prefixes <= set(told["prefix"])


def test_prov_n_says_the_same_line_by_line(way, visitor):
    Edge.objects.filter(reason="Grund 1").update(reason='Er sagte: "Zeile 1\\2"')
    answer = visitor.get(f"/api/v1/trace/{way['Idee']}/prov.provn")
    assert answer["Content-Type"].startswith("text/provenance-notation")
    lines = answer.content.decode().splitlines()
    assert (lines[0], lines[-1]) == ("document", "endDocument")
    told = visitor.get(f"/api/v1/trace/{way['Idee']}/prov.json").json()
    for kind in ("entity", "activity", "agent", "used", "wasAssociatedWith", "wasDerivedFrom", "wasInfluencedBy"):
        assert sum(line.startswith(f"  {kind}(") for line in lines) == len(told[kind])
    assert any('prov:label="Er sagte: \\"Zeile 1\\\\2\\""@de' in line for line in lines)


def test_the_page_leads_to_the_files_in_its_language(way, visitor):
    text = visitor.get(f"/en/spur/{way['Idee']}/").content.decode()
    for path in re.findall(r'href="(/api/v1/trace/[^"]+)"', text):
        assert "language=en" in path
        assert visitor.get(path.replace("&amp;", "&")).status_code == 200
    assert "/en/spur/" in text
