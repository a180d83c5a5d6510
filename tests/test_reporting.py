"""Whatever people wrote and everybody reads can be reported where it stands (Regulation (EU) 2022/2065, Art. 16)."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.manifest import Persona
from allmende.core.refs import Ref
from tests.walk import walks

AUTHORS = {"author", "sender", "written_by", "reporter"}
"""What a room calls the person whose words it keeps."""
NOT_THEIR_WORDS_IN_PUBLIC = {
    "discussion.Case": "the check of a thing, not the thing; moderators alone read it",
    "discussion.Report": "what somebody tells the moderators about a thing, not the thing; they alone read it",
    "participation.PartnerOffer": "said to the city alone; what shows is the city's answer",
    "portal.BarrierReport": "private between whoever reports and the office",
    "portal.Post": "the editors' pages, which a second person has checked",
}
LONG_ENOUGH = 30
"""Characters of a paragraph that is looked for on pages; the name of a place stands on many."""
REPORTED_AS = {"participation.Minutes": "participation.Meeting"}
"""Words that stand on the page of another thing."""


@dataclass(frozen=True)
class Words:
    """Something that somebody wrote, as far as everybody can read it."""

    ref: Ref
    pieces: tuple[str, ...]
    """How its paragraphs begin; a list may break them off."""
    own_page: str
    """Empty where it stands only on pages of other things."""

    @property
    def way(self) -> str:
        return reverse("discussion:report", args=[self.ref.capability, self.ref.kind, self.ref.id])


def _models() -> dict[tuple[str, str], type[Model]]:
    """(capability, kind) → the model that keeps such things, found by a row of the city's examples."""
    found = {}
    for model in apps.get_models():
        names = [name for name in ("this", "ref") if isinstance(getattr(model, name, None), property)]
        row = model._default_manager.first() if names else None
        for ref in [getattr(row, name) for name in names] if row is not None else ():
            if ref.id == row.pk:  # else it is the thing that this is about
                found[ref.capability, ref.kind] = model
    return found


def _public(key: tuple[str, str], model: type[Model]) -> Iterator[Words]:
    """What was taken over word for word into the strategy is the city's text since then, and left out."""
    viewer, at = Viewer(), timezone.now()
    adopted = [_plain(body) for body in apps.get_model("strategy", "Wording").objects.values_list("body", flat=True)]
    ids = list(model._default_manager.values_list("pk", flat=True))
    kind, indexed = manifest.moderated_kinds()[key], manifest.index_kinds().get(key)
    assert kind.previews is not None
    for id_, preview in kind.previews(ids).items():
        ref = Ref(*key, id_)
        if manifest.may_see(ref, viewer, at):
            pieces = (_plain(part)[:60] for part in preview.body.split("\n") if len(part) >= LONG_ENOUGH)
            own = tuple(piece for piece in pieces if not any(piece in body for body in adopted))
            yield Words(ref, own, (indexed.url(id_) or "") if indexed else "")


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_every_kind_that_is_moderated_can_be_reported_on_each_page_that_shows_it(full_city, subtests):
    """On a page with somebody's words stands the way to report them, or the way to their own page, where it stands."""
    visitor, models = Client(headers={"host": "localhost"}), _models()
    said = {key: list(_public(key, models[key])) for key in manifest.moderated_kinds() if key in models}
    for key in manifest.moderated_kinds():
        with subtests.test(kind=".".join(key)):
            assert said.get(key), "the city's examples hold none that everybody can read"
        for one in said.get(key, ())[:5]:
            if one.own_page:
                with subtests.test(page=one.own_page):
                    assert one.way in visitor.get(one.own_page, follow=True).content.decode()
    seen = {words.ref for group in said.values() for words in group if words.own_page}
    for walk in walks():
        if Persona.VISITOR not in walk.page.open_to or walk.page.post_only:
            continue
        response = visitor.get(walk.path)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        page = response.content.decode()
        text = _plain(page)
        with subtests.test(page=walk.path):
            for words in (one for group in said.values() for one in group):
                if any(piece in text for piece in words.pieces):
                    assert words.way in page or (words.own_page and f'{words.own_page}"' in page), words
                    seen.add(words.ref)
    for key, group in said.items():
        with subtests.test(kind=".".join(key)):
            assert any(words.ref in seen for words in group), "stands on no page that was looked at"


def test_every_model_with_an_author_is_moderated_or_says_why_not(full_city, subtests):
    """A later room that keeps people's words comes by here."""
    kept, kinds = _models(), manifest.moderated_kinds()
    moderated = {kept[key]._meta.label for key in kinds if key in kept}
    written = {
        model._meta.label
        for model in apps.get_models()
        if any(
            field.name in AUTHORS and field.is_relation and field.related_model._meta.label == settings.AUTH_USER_MODEL
            for field in model._meta.get_fields()
            if getattr(field, "related_model", None) is not None
        )
    }
    assert written >= moderated, "a person's words have an author: author, sender, written_by or reporter"
    for label in sorted(written - moderated - set(REPORTED_AS)):
        with subtests.test(model=label):
            assert label in NOT_THEIR_WORDS_IN_PUBLIC
    assert set(NOT_THEIR_WORDS_IN_PUBLIC) | set(REPORTED_AS) <= written - moderated


@pytest.mark.parametrize(
    ("page", "kind"),
    [("participation:minutes", "meeting"), ("participation:meeting", "meeting"), ("participation:task", "task")],
)
def test_what_a_working_group_writes_can_be_reported_too(full_city, page, kind):
    walk = next(one for one in walks() if one.name == page)
    found = Client(headers={"host": "localhost"}).get(walk.path).content.decode()
    assert re.search(rf'href="/[a-z/-]+/participation/{kind}/[0-9a-f-]{{36}}/', found)
