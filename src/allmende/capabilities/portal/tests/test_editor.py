"""The editor's rooms: who gets in, what stays shut, and that its buttons and uploads go through the house."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.builders import pages as builders
from allmende.capabilities.portal.models import Attachment, NewsPage, Picture, Post
from allmende.capabilities.portal.models.blocks import TEXT
from allmende.core.actor import Role
from allmende.core.models import AuditEntry, Event
from allmende.engines.media import builders as pictures
from allmende.engines.media.interface import images_of

MAIN = (
    "",
    "pages/",
    "pages/{section}/",
    "pages/{page}/edit/",
    "pages/{page}/history/",
    "pages/{page}/view_draft/",
    "pages/add/portal/newspage/{section}/",
    "images/",
    "images/add/",
    "documents/",
    "redirects/",
    "redirects/add/",
    "choose-page/",
    "translation/submit/page/{page}/",
    "account/",
)
SHUT = ("users/", "groups/", "sites/", "locales/", "workflows/list/", "reports/site-history/", "collections/", "login/",
        "password_reset/", "pages/{page}/move/", "bulk/wagtailcore/page/publish/")  # fmt: skip


def client_of(person=None) -> Client:
    client = Client(headers={"host": "localhost"})
    return people.login(client, person) if person is not None else client


@pytest.fixture
def draft(db):
    return builders.draft(title="Entwurf", text="Streng geheim")


def addresses(templates, page):
    section = page.get_parent()
    return [f"/redaktion/{one.format(page=page.pk, section=section.pk)}" for one in templates]


def test_editors_and_administrators_get_in_and_nobody_else(draft):
    insiders = [client_of(people.editor()), client_of(people.administrator())]
    insiders.append(client_of(people.with_role(Role.EDITOR, "portal:check")))
    outsiders = [client_of(p) for p in (people.person(), people.moderator(), people.clerk())]
    outsiders.append(client_of(people.with_role(Role.EDITOR, "participation")))
    for path in addresses(MAIN, draft):
        for client in insiders:
            assert client.get(path).status_code == 200, path
        for client in outsiders:
            answer = client.get(path)
            assert answer.status_code == 403, path
            assert b"geheim" not in answer.content
        answer = client_of().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_what_the_house_has_itself_stays_shut(draft):
    client = client_of(people.administrator())
    for path in addresses(SHUT, draft):
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in {403, 404}, path
    assert client.post(f"/redaktion/api/main/pages/{draft.pk}/action/publish/").status_code in {403, 404}


def test_the_editor_has_its_own_policy_and_is_hidden_from_search(draft):
    client = client_of(people.editor())
    answer = client.get("/redaktion/")
    assert "'unsafe-inline'" in answer["Content-Security-Policy"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert "'unsafe-inline'" not in client.get("/aktuelles/")["Content-Security-Policy"]


def form_of(client: Client, path: str) -> dict[str, str]:
    """What a browser would send back when nothing is changed."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.inside = ""

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            name = given.get("name")
            if tag == "input" and name and given.get("type") not in {"submit", "checkbox", "file"}:
                self.found[name] = given.get("value") or ""
            if tag == "textarea" and name:
                self.inside = name
                self.found[name] = ""

        def handle_endtag(self, tag):
            self.inside = "" if tag == "textarea" else self.inside

        def handle_data(self, data):
            if self.inside:
                self.found[self.inside] += data

    reader = Fields()
    reader.feed(client.get(path).content.decode())
    return reader.found


def page_form(client: Client, path: str, **changed: str) -> dict[str, str]:
    """The form of a page as the editor's script sends it: blocks are drawn by that script, so they are added here."""
    blocks = {
        "body": streamfield([("text", rich_text("<p>Ein Satz.</p>", features=TEXT))]),
        "corrections": streamfield([]),
    }
    return {**form_of(client, path), **nested_form_data(blocks), **changed}


def test_publishing_from_the_editor_is_our_action(draft):
    """One editor writes and sends „Veröffentlichen“ too early, another checks, then the same button releases."""
    writer, other = people.editor(), people.editor()
    path = f"/redaktion/pages/{draft.pk}/edit/"
    client = client_of(writer)
    client.post(path, page_form(client, path, summary="Neu gefasst") | {"action-publish": "action-publish"})
    page = NewsPage.objects.get(pk=draft.pk)
    assert not page.live
    assert Post.objects.get(page_id=page.pk).state == "draft"
    assert page.get_latest_revision_as_object().summary == "Neu gefasst"
    publishing.check_page(actor=people.actor(other), page_id=page.pk, at=page.latest_revision_created_at)
    client = client_of(other)
    answer = client.post(path, page_form(client, path) | {"action-publish": "action-publish"})
    assert answer.status_code == 302, "sent unchanged, so what was checked is what is released"
    assert NewsPage.objects.get(pk=page.pk).live
    assert AuditEntry.objects.filter(action="portal.release_page", object_id=page.translation_key).count() == 1
    assert Event.objects.filter(name="portal.page_released", object_id=page.translation_key).count() == 1
    client.post(f"/redaktion/pages/{page.pk}/unpublish/")
    assert AuditEntry.objects.filter(action="portal.withdraw_page", object_id=page.translation_key).count() == 1
    assert client_of().get("/aktuelles/" + page.slug + "/").status_code == 404


def test_what_was_public_is_not_deleted(db):
    page = builders.released()
    client = client_of(people.administrator())
    client.post(f"/redaktion/pages/{page.pk}/delete/")
    assert NewsPage.objects.filter(pk=page.pk).exists()
    draft = builders.draft()
    client.post(f"/redaktion/pages/{draft.pk}/delete/")
    assert not NewsPage.objects.filter(pk=draft.pk).exists()


def test_a_copy_starts_as_a_draft(db):
    page = builders.released()
    client = client_of(people.editor())
    client.post(
        f"/redaktion/pages/{page.pk}/copy/",
        {
            "new_title": "Kopie",
            "new_slug": "kopie",
            "new_parent_page": page.get_parent().pk,
            "publish_copies": "on",
            "copy_subpages": "",
        },
    )
    copy = NewsPage.objects.get(slug="kopie")
    assert not copy.live
    assert Post.objects.get(page_id=copy.pk).state == "draft"
    assert copy.translation_key != page.translation_key


# Uploads


def located_jpeg() -> bytes:
    """A picture that tells where and with what it was taken."""
    exif = Pillow.Exif()
    exif[0x010F] = "Kamera"
    exif[0x8825] = {1: "N", 2: (50.0, 52.0, 0.0), 3: "E", 4: (12.0, 5.0, 0.0)}
    return pictures.encoded(Pillow.new("RGB", (320, 200), "#2f6f4f"), "JPEG", exif=exif)


def send(client: Client, content: bytes, name: str = "linde.jpg"):
    collection = form_of(client, "/redaktion/images/add/").get("collection", "")
    return client.post(
        "/redaktion/images/add/",
        {
            "title": "Linde",
            "file": SimpleUploadedFile(name, content, "image/jpeg"),
            "description": "Eine Linde",
            "credit": "Stadtarchiv",
            "licence": "own",
            "collection": collection,
            "tags": "",
            "expires_on": "",
        },
    )


@pytest.mark.usefixtures("db")
def test_uploads_are_drawn_anew_by_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    builders.section()
    client = client_of(people.editor())
    send(client, located_jpeg())
    picture = Picture.objects.get(title="Linde")
    assert (picture.width, picture.height) == (320, 200)
    shown = images_of([picture.ref])[picture.ref][0]
    assert shown.alt == "Eine Linde"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        with Pillow.open(io.BytesIO(path.read_bytes())) as image:
            assert not image.getexif(), path
        assert b"Kamera" not in path.read_bytes()
    assert AuditEntry.objects.filter(action="portal.keep_file", object_id=picture.key).exists()


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.jpg", b"GIF89a"),
    ],
)
def test_what_is_no_picture_does_not_come_in(name, content):
    builders.section()
    send(client_of(people.editor()), content, name)
    assert not Picture.objects.exists()


@pytest.mark.usefixtures("db")
def test_a_picture_needs_its_description():
    builders.section()
    client = client_of(people.editor())
    client.post(
        "/redaktion/images/add/",
        {"title": "Linde", "file": SimpleUploadedFile("a.jpg", located_jpeg()), "credit": "x", "licence": "own"},
    )
    assert not Picture.objects.exists()


def test_erasure_leaves_pages_without_their_writers(db):
    from allmende.capabilities.portal.actions.editors_data import EDITORS

    writer, other = people.editor(), people.editor()
    page = builders.draft(writer=people.actor(writer))
    publishing.check_page(actor=people.actor(other), page_id=page.pk, at=page.latest_revision_created_at)
    publishing.release_page(actor=people.actor(other), page_id=page.pk, at=page.latest_revision_created_at)
    assert [row for row in EDITORS.export(writer.pk) if "wrote" in row]
    keep_texts = True
    for person in (writer, other):
        EDITORS.erase(person.pk, keep_texts)
        assert list(EDITORS.export(person.pk)) == []
    post = Post.objects.get(page_id=page.pk)
    assert (post.written_by_id, post.checked_by_id, post.released_by_id) == (None, None, None)
    assert post.state == "released"


def pdf() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(target)
    return target.getvalue()


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("content", "comes_in"), [(pdf(), True), (b"<html></html>", False), (b"MZ\x90", False)])
def test_only_pdf_files_with_a_summary_come_in(settings, tmp_path, content, comes_in):
    settings.MEDIA_ROOT = tmp_path
    builders.section()
    client = client_of(people.editor())
    sent = {"title": "Bericht", "language": "de", "summary": "Was darin steht.", "tags": ""}
    client.post("/redaktion/documents/add/", {**sent, "summary": "", "file": SimpleUploadedFile("a.pdf", content)})
    assert not Attachment.objects.exists()
    client.post("/redaktion/documents/add/", {**sent, "file": SimpleUploadedFile("a.pdf", content)})
    assert Attachment.objects.filter(title="Bericht", media_id__isnull=False).exists() is comes_in
