"""A picture is private until it is released, is never broken on a page, and is gone when it should be gone."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from allmende.accounts.models import Person, RoleGrant
from allmende.core import manifest
from allmende.core.actor import Actor, Grant, Idempotency, Role, Viewer
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.models import AuditEntry
from allmende.engines.media import actions, interface, queries
from allmende.engines.media.actions import files, placing
from allmende.engines.media.actions.pictures import draw
from allmende.engines.media.actions.repair import find_faults, repair_files
from allmende.engines.media.builders import image_of, jpeg, some_ref
from allmende.engines.media.models import File, Medium

pytestmark = pytest.mark.central

KEEP_TEXTS = True
committed = pytest.mark.django_db(transaction=True)


def tree(name: str) -> set[str]:
    return {path for path, _ in files.walk(name)}


def paths(image: Medium) -> set[str]:
    return {row.path for row in image.files.all()}


def soon() -> float:
    return time.time() + 60


@committed
def test_a_picture_is_private_until_released_and_private_again_when_withdrawn():
    ref = some_ref()
    image = image_of(ref)
    assert tree("private") == paths(image)
    assert tree("public") == set()
    (view,) = interface.images_of([ref])[ref]
    assert all(source.url.startswith(f"/medien-privat/{image.id}/") for source in view.sources)

    with transaction.atomic():
        assert interface.release(ref) == 1
    assert tree("public") == paths(image)
    (view,) = interface.images_of([ref])[ref]
    assert {source.url for source in view.sources} == {f"/medien/{path}" for path in paths(image)}
    for path in paths(image):
        assert files.locate("public", path).read_bytes() == files.locate("private", path).read_bytes()

    with transaction.atomic():
        interface.withdraw(ref)
    assert tree("public") == set()
    assert tree("private") == paths(image)
    (view,) = interface.images_of([ref])[ref]
    assert view.src.startswith("/medien-privat/")


@committed
def test_a_release_that_fails_publishes_nothing():
    ref = some_ref()
    image_of(ref)

    def fail() -> None:
        with transaction.atomic():
            interface.release(ref)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert tree("public") == set()


@committed
def test_a_crash_right_after_the_decision_leaves_the_picture_seen_and_the_next_round_publishes_it(monkeypatch):
    ref = some_ref()
    image = image_of(ref)
    with monkeypatch.context() as crash:
        crash.setattr(placing, "settle_after_commit", lambda _images: None)
        with transaction.atomic():
            interface.release(ref)
    assert interface.images_of([ref])[ref][0].src.startswith("/medien-privat/")  # not a broken public address
    assert actions.settle_all() == 1
    assert tree("public") == paths(image)
    assert interface.images_of([ref])[ref][0].src.startswith("/medien/")

    with monkeypatch.context() as crash:
        crash.setattr(placing, "settle_after_commit", lambda _images: None)
        with transaction.atomic():
            interface.withdraw(ref)
    assert find_faults(before=soon()).exposed == tuple(sorted(paths(image)))
    assert actions.settle_all() == 1
    assert tree("public") == set()
    assert actions.settle_all() == 0


@committed
def test_two_pictures_with_the_same_bytes_do_not_take_each_others_files_away():
    one, two = some_ref(), some_ref()
    first, second = image_of(one, public=True), image_of(two, public=True)
    assert paths(first) == paths(second) == tree("public")
    with transaction.atomic():
        interface.withdraw(one)
    assert tree("public") == paths(second)
    with transaction.atomic():
        interface.discard_of(one)
    assert tree("private") == tree("public") == paths(second)
    with transaction.atomic():
        interface.discard_of(two)
    assert tree("private") == tree("public") == set()


@committed
def test_an_upload_that_nobody_attached_goes_after_a_day():
    kept = image_of(some_ref(), colour="#123456")
    loose = interface.take_image(jpeg(colour="#654321"), alt="")
    now = timezone.now()
    assert actions.expire_unattached(at=now + timedelta(hours=23)) == 0
    assert actions.expire_unattached(at=now + timedelta(hours=25)) == 1
    assert not Medium.objects.filter(pk=loose.pk).exists()
    assert tree("private") == paths(kept)


@committed
def test_a_picture_taken_off_its_text_is_private_at_once():
    ref = some_ref()
    image = image_of(ref, public=True)
    with transaction.atomic():
        interface.detach(image.id, at=timezone.now())
    assert interface.images_of([ref]) == {}
    assert tree("public") == set()


@committed
def test_faults_of_the_disk_are_found_and_what_can_be_is_repaired():
    ref = some_ref()
    image = image_of(ref, public=True)
    some = min(paths(image))
    files.locate("public", some).unlink()
    stray = files.locate("private", "ab/" + "c" * 62 + ".webp")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"nobody's")
    exposed = files.locate("public", "ab/" + "c" * 62 + ".webp")
    exposed.parent.mkdir(parents=True, exist_ok=True)
    exposed.write_bytes(b"nobody's")
    draft = stray.parent / ".0123456789abcdef"
    draft.write_bytes(b"half")
    assert find_faults(before=time.time() - 3600).stray == ()  # may be on its way
    with pytest.raises(CommandError):
        call_command("media_check")
    assert repair_files(before=soon()).fine
    assert tree("public") == tree("private") == paths(image)
    call_command("media_check")

    files.locate("private", some).unlink()
    found = repair_files(before=soon())
    assert found.missing == (some,)
    assert not found.fine


@committed
def test_a_file_is_written_wholly_or_not_at_all(monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        interface.take_image(jpeg(), alt="")
    assert tree("private") == set()
    assert not Medium.objects.exists()


@committed
def test_where_the_disk_knows_no_links_files_are_copied(monkeypatch):
    def no_links(_source, _target):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(files.os, "link", no_links)
    image = image_of(some_ref(), public=True)
    assert tree("public") == paths(image)


def test_many_things_pictures_take_one_query(db, django_assert_num_queries):
    refs = [some_ref() for _ in range(5)]
    images = [image_of(ref, alt=f"Bild {number}") for number, ref in enumerate(refs)]
    second = image_of(refs[0], alt="Noch eins")
    with django_assert_num_queries(1):
        found = interface.images_of([*refs, some_ref()])
    assert [view.id for view in found[refs[0]]] == [images[0].id, second.id]
    assert [found[ref][0].alt for ref in refs] == [f"Bild {number}" for number in range(5)]
    with django_assert_num_queries(0):
        assert interface.images_of([]) == {}


def test_a_picture_belongs_to_one_thing(db):
    ref = some_ref()
    image = image_of(ref)
    interface.attach(image.id, ref)  # again: nothing happens
    with pytest.raises(Conflict):
        interface.attach(image.id, some_ref())
    with pytest.raises(Invalid, match="nicht mehr da"):
        interface.attach(some_ref().id, ref)


def test_keeping_a_picture_is_audited_and_a_repeat_with_the_same_key_keeps_one(db):
    actor = Actor(idempotency=Idempotency("k", b"h"))
    picture = draw(jpeg())
    first = actions.keep_image(actor=actor, picture=picture, alt="", at=timezone.now())
    assert actions.keep_image(actor=actor, picture=picture, alt="", at=timezone.now()) == first
    assert AuditEntry.objects.filter(action="media.keep_image").count() == 1


# Who may see


@pytest.fixture
def gated(monkeypatch):
    """A room whose things only its friends see, and moderators of "elsewhere" check."""
    friend = some_ref().id
    room = manifest.Manifest(
        name="nowhere", label="", gates={"thing": lambda _id, viewer, _at: viewer.person_id == friend}
    )
    monkeypatch.setattr(manifest, "registry", lambda: {"nowhere": room})
    preview = manifest.Preview("", "", "de", "", None, "", scope="elsewhere")
    checked = manifest.Moderated("thing", "", lambda _id: preview, lambda **_: None, lambda **_: None)
    monkeypatch.setattr(manifest, "moderated_kinds", lambda: {("nowhere", "thing"): checked})
    return friend


def test_a_private_picture_is_seen_by_its_sender_by_friends_of_the_thing_and_by_its_moderators_only(db, gated):
    now = timezone.now()
    sender = Person.objects.create_user(display_name="Amsel", is_guest=True)
    image = interface.take_image(jpeg(), alt="", actor=Actor(viewer=Viewer(sender.pk)))
    assert queries.may_see(image, Viewer(sender.pk), now)
    assert not queries.may_see(image, Viewer(), now)
    assert queries.may_see(image, Viewer(), now, ticket=interface.ticket_of(image.id))
    image = interface.attach(image.id, some_ref())
    assert not queries.may_see(image, Viewer(), now, ticket=interface.ticket_of(image.id))
    assert not queries.may_see(image, Viewer(), now)
    assert not queries.may_see(image, Viewer(some_ref().id), now)
    assert queries.may_see(image, Viewer(gated), now)
    for scope, allowed in (("", True), ("elsewhere", True), ("participation", False)):
        assert queries.may_see(image, Viewer(some_ref().id, frozenset({Grant(Role.MODERATOR, scope)})), now) is allowed
    assert not queries.may_see(image, Viewer(some_ref().id, frozenset({Grant(Role.CLERK)})), now)
    row = image.files.first()
    with pytest.raises(NotFound):
        queries.private_file(image.id, row.width, row.extension, Viewer(), now)
    with pytest.raises(NotFound):
        queries.private_file(some_ref().id, 480, "webp", Viewer(gated), now)


def test_the_private_door_names_the_file_to_the_shell_and_keeps_no_copy(db):
    client = Client()
    sender = Person.objects.create_user(email="amsel@example.org", display_name="Amsel")
    image = interface.take_image(jpeg(), alt="", actor=Actor(viewer=Viewer(sender.pk)))
    row = image.files.first()
    url = f"/medien-privat/{image.id}/{row.width}.{row.extension}"
    refused = client.get(url)
    assert refused.status_code == 404
    client.force_login(sender)
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["X-Allmende-File"] == f"private/{row.path}"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "image/webp"
    assert client.post(url).status_code == 405
    for wrong in ("999999.webp", "0.webp", "60.svg", "9999999999.webp", "-1.webp"):
        assert client.get(f"/medien-privat/{image.id}/{wrong}").status_code == 404
    assert client.get(url + "?ticket=%00%ff").status_code == 200


def test_a_role_in_the_database_opens_the_door(db, gated):
    client = Client()
    moderator = Person.objects.create_user(email="m@example.org")
    RoleGrant.objects.create(person=moderator, role=Role.MODERATOR, scope="elsewhere")
    image = image_of(some_ref())
    row = image.files.first()
    client.force_login(moderator)
    assert client.get(f"/medien-privat/{image.id}/{row.width}.{row.extension}").status_code == 200


# Forms and programs


def test_a_form_learns_which_field_is_wrong(db):
    for content, alt, field in ((b"nothing", "", "photo"), (b"", "", "photo"), (jpeg(), "x" * 301, "photo_alt")):
        with pytest.raises(Invalid) as refused:
            interface.take_image(content, alt=alt, field="photo")
        assert list(refused.value.fields) == [field]


def test_a_ticket_stands_for_a_fresh_upload_only(db):
    image = interface.take_image(jpeg(), alt="  Eine   Bank ")
    ticket = interface.ticket_of(image.id)
    assert interface.kept_image(ticket).alt == "Eine Bank"
    assert all(source.url.endswith(f"?ticket={ticket}") for source in interface.preview_of(image).sources)
    interface.attach(image.id, some_ref())
    for wrong in (ticket, "made up", ""):
        with pytest.raises(Invalid, match="nicht mehr da"):
            interface.kept_image(wrong)


# Personal data


@committed
def test_erasure_takes_a_persons_pictures_or_only_their_name():
    def sent() -> tuple[Person, Medium]:
        person = Person.objects.create_user(display_name="Amsel", is_guest=True)
        ref = some_ref()
        image = interface.take_image(jpeg(colour="#abcdef"), alt="Meine Bank", actor=Actor(viewer=Viewer(person.pk)))
        with transaction.atomic():
            interface.attach(image.id, ref)
            interface.release(ref)
        return person, image

    data = manifest.registry()["media"].personal_data[0]
    person, image = sent()
    (row,) = data.export(person.pk)
    assert row["alt"] == "Meine Bank"
    assert all((Path(settings.MEDIA_ROOT) / path).is_file() for path in row["files"])
    assert {f"private/{name}" for name, path in data.files(person.pk) if path.is_file()} == set(row["files"])
    data.erase(person.pk, KEEP_TEXTS)
    image.refresh_from_db()
    assert image.uploaded_by is None
    assert list(data.export(person.pk)) == []

    other, gone = sent()
    data.erase(other.pk, not KEEP_TEXTS)
    data.erase(other.pk, not KEEP_TEXTS)
    assert not Medium.objects.filter(pk=gone.pk).exists()
    assert tree("public") == paths(image)  # the same bytes are still someone's


@committed
def test_what_is_sent_while_the_same_bytes_are_deleted_has_its_files():
    import threading

    from django.db import connection

    ref = some_ref()
    wrong: list[Exception] = []

    def send() -> None:
        try:
            for _ in range(6):
                image = interface.take_image(jpeg(), alt="")
                for row in image.files.all():
                    assert files.locate("private", row.path).is_file()
        except Exception as error:  # noqa: BLE001 - told below
            wrong.append(error)
        finally:
            connection.close()

    def remove() -> None:
        try:
            for _ in range(6):
                image = image_of(ref, public=True)
                actions.discard([image.id])
        except Exception as error:  # noqa: BLE001 - told below
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for work in (send, remove, send)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert File.objects.exists()
    assert find_faults(before=soon()).fine


def test_a_program_sends_a_picture_and_gets_a_ticket(db):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = Client()
    sent = {"image": SimpleUploadedFile("a.jpg", jpeg()), "alt": "Eine Bank"}
    answer = client.post("/api/v1/media/images", sent)
    assert answer.status_code == 201
    body = answer.json()
    assert interface.kept_image(body["ticket"]).alt == "Eine Bank"
    assert client.get(body["url"]).status_code == 200
    assert client.get(body["url"].partition("?")[0]).status_code == 404
    for wrong in ({"image": SimpleUploadedFile("a.jpg", b"nothing")}, {"image": "text"}, {}):
        refused = client.post("/api/v1/media/images", wrong)
        assert refused.status_code == 422
        assert refused["Content-Type"].startswith("application/problem+json")


@committed
def test_the_demonstration_gets_one_picture_on_a_public_contribution(monkeypatch):
    from allmende.core import city
    from allmende.core.manifest import EntryData, IndexKind
    from allmende.engines.media import seeds

    ref = some_ref()
    entry = EntryData(ref, {"de": "Bänke"}, {}, "/", "released", {}, timezone.now())
    kind = IndexKind("thing", "", "", lambda _id: entry, lambda: [ref.id], lambda _id: "/")
    preview = manifest.Moderated("thing", "", lambda _id: None, lambda **_: None, lambda **_: None)
    monkeypatch.setattr(manifest, "index_kinds", lambda: {("nowhere", "thing"): kind})
    monkeypatch.setattr(manifest, "moderated_kinds", lambda: {("nowhere", "thing"): preview})
    for _ in range(2):
        seeds.seed(city.pack())
    (view,) = interface.images_of([ref])[ref]
    assert view.src.startswith("/medien/")
    assert view.alt.startswith("Beispielbild")
    assert (view.width, view.height) == (1600, 1000)
    assert Medium.objects.filter(library=False).count() == 1
    assert sorted(Medium.objects.filter(library=True).values_list("media_type", flat=True)) == [
        "document",
        "video",
        "video",
    ]
