"""Files may lie at a storage service (S3): proven against one that answers, one that is down, slow, or breaks off."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import boto3
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from moto.server import ThreadedMotoServer

from allmende.engines.media import interface, ports, tasks
from allmende.engines.media.actions import files
from allmende.engines.media.actions.repair import find_faults, repair_files
from allmende.engines.media.adapters.s3 import PARTS, S3
from allmende.engines.media.builders import image_of, jpeg, some_ref
from allmende.engines.media.models import File, Medium
from allmende.engines.media.ports import NotStored, StoreDown

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def service() -> Iterator[int]:
    """A storage service; its port."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


def client(port: int):
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )


@pytest.fixture
def bucket(service, settings, monkeypatch) -> Iterator[S3]:
    """The city keeps its files at the service."""
    there = client(service)
    there.create_bucket(Bucket="files")
    settings.MEDIA_STORE_URL = f"s3+http://key:secret@127.0.0.1:{service}/files"
    made = S3(settings.MEDIA_STORE_URL, "gera", timeout=60)
    monkeypatch.setattr(ports, "_store", lambda _url, _city: made)
    yield made
    for row in there.list_objects_v2(Bucket="files").get("Contents", ()):
        there.delete_object(Bucket="files", Key=row["Key"])
    there.delete_bucket(Bucket="files")


def names(bucket: S3) -> set[str]:
    return {row.path for row in bucket.listing()}


def paths() -> set[str]:
    return {row.path for row in File.objects.all()}


def forget_disk() -> None:
    for path, _status in list(files.walk("private")):
        files.locate("private", path).unlink()


@committed
def test_files_go_to_the_service_and_come_back_through_our_own_address(bucket):
    ref = some_ref()
    image = image_of(ref, public=True)
    assert names(bucket) == set()  # the upload did not wait for the service
    tasks.render(str(image.pk))
    assert names(bucket) == paths()
    assert not list(files.walk("public"))
    forget_disk()
    (view,) = interface.images_of([ref])[ref]
    url = view.src
    assert url.startswith("/medien/")
    from allmende.engines.media.views import files as views

    def asked() -> object:
        from types import SimpleNamespace

        from django.utils import timezone

        return views.public(SimpleNamespace(method="GET", at=timezone.now()), url.removeprefix("/medien/"))

    answer = asked()
    assert answer["X-Allmende-File"] == "private/" + url.removeprefix("/medien/")
    assert files.locate("private", url.removeprefix("/medien/")).is_file()
    assert "amazonaws" not in url
    with transaction.atomic():
        interface.withdraw(ref)
    from django.http import Http404

    with pytest.raises(Http404):  # at once, wherever a copy lies
        asked()


@committed
def test_nothing_there_is_public(bucket, service):
    image = image_of(some_ref())
    tasks.render(str(image.pk))
    for path in names(bucket):
        acl = client(service).get_object_acl(Bucket="files", Key=f"gera/{path}")
        assert not [grant for grant in acl["Grants"] if "AllUsers" in str(grant)]
    assert all(row["Key"].startswith("gera/") for row in client(service).list_objects_v2(Bucket="files")["Contents"])


@committed
def test_erased_files_leave_the_service_too(bucket):
    ref = some_ref()
    image = image_of(ref)
    tasks.render(str(image.pk))
    with transaction.atomic():
        interface.discard_of(ref)
    assert names(bucket) == set()
    assert not list(files.walk("private"))


@committed
def test_a_service_that_is_down_stops_no_upload_and_gets_the_files_later(bucket, service, monkeypatch, settings):
    down = S3("s3+http://key:secret@127.0.0.1:1/files", "gera", timeout=1)
    monkeypatch.setattr(ports, "_store", lambda _url, _city: down)
    image = image_of(some_ref(), public=True)
    tasks.render(str(image.pk))  # tells the log, fails nothing
    tasks.catch_up(0)
    assert not File.objects.filter(stored=True).exists()
    row = File.objects.filter(medium=image).first()
    assert files.near(row.path).is_file()
    with pytest.raises(CommandError, match="does not answer"):
        call_command("media_check")
    monkeypatch.setattr(ports, "_store", lambda _url, _city: bucket)
    tasks.catch_up(0)
    assert names(bucket) == paths()
    call_command("media_check")


@committed
def test_a_visitor_hears_that_a_file_is_not_there_for_now(bucket, monkeypatch):
    from allmende.accounts.models import Person
    from allmende.core.actor import Actor, Viewer

    sender = Person.objects.create_user(email="amsel@example.org")
    image = interface.take_image(jpeg(), alt="", actor=Actor(viewer=Viewer(sender.pk)))
    tasks.render(str(image.pk))
    forget_disk()
    down = S3("s3+http://key:secret@127.0.0.1:1/files", "gera", timeout=1)
    monkeypatch.setattr(ports, "_store", lambda _url, _city: down)
    browser = Client()
    browser.force_login(sender)
    row = image.files.first()
    answer = browser.get(f"/medien-privat/{image.pk}/{row.width}.{row.extension}")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "in einer Minute" in answer.content.decode()


@committed
def test_what_lies_there_changed_is_not_sent_and_what_nobody_needs_goes(bucket, service):
    image = image_of(some_ref())
    tasks.render(str(image.pk))
    forget_disk()
    some = min(names(bucket))
    client(service).put_object(Bucket="files", Key=f"gera/{some}", Body=b"other bytes")
    client(service).put_object(Bucket="files", Key="gera/ab/" + "c" * 62 + ".webp", Body=b"nobody's")
    with pytest.raises(StoreDown):
        files.near(some)
    assert not files.locate("private", some).exists()
    found = find_faults(before=time.time() + 60)
    assert found.changed == (some,)
    assert len(found.stray) == 1
    repair_files(before=time.time() + 60)
    assert find_faults(before=time.time() + 60).stray == ()
    client(service).delete_object(Bucket="files", Key=f"gera/{some}")
    assert find_faults(before=time.time() + 60).missing == (some,)
    with pytest.raises(NotStored):
        files.near(some)


@committed
def test_a_file_lost_at_the_service_is_brought_there_again(bucket, service):
    image = image_of(some_ref())
    tasks.render(str(image.pk))
    some = min(names(bucket))
    client(service).delete_object(Bucket="files", Key=f"gera/{some}")
    assert find_faults(before=time.time() + 60).unstored == (some,)
    assert repair_files(before=time.time() + 60).fine
    assert some in names(bucket)


@committed
def test_the_disk_keeps_what_is_used_and_never_loses_what_the_service_lacks(bucket):
    one, other = image_of(some_ref()), image_of(some_ref(), colour="#a02040")
    tasks.render(str(one.pk))
    assert files.make_room(0) == len(one.files.all())
    assert {path for path, _ in files.walk("private")} == {row.path for row in other.files.all()}
    assert Medium.objects.count() == 2


@contextlib.contextmanager
def in_between(port: int, *, most: int | None) -> Iterator[int]:
    """A way to the service that breaks off after `most` bytes, or (None) swallows everything and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones = [listener]

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                open_ones.append(near)
                threading.Thread(target=relay, args=(near,), daemon=True).start()

    def relay(near: socket.socket) -> None:
        if most is None:
            return
        with contextlib.suppress(OSError), near, socket.create_connection(("127.0.0.1", port)) as far:
            left = most
            while left > 0 and (data := near.recv(min(left, 65536))):
                far.sendall(data)
                left -= len(data)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    for one in open_ones:
        one.close()
    thread.join()


def test_a_service_that_never_answers_is_given_up_in_time(bucket, tmp_path, service):
    (tmp_path / "file").write_bytes(b"x" * 1000)
    with in_between(service, most=None) as port:
        slow = S3(f"s3+http://key:secret@127.0.0.1:{port}/files", "gera", timeout=1)
        started = time.monotonic()
        with pytest.raises(StoreDown):
            slow.put("ab/file", tmp_path / "file")
        with pytest.raises(StoreDown):
            slow.fetch("ab/file", tmp_path / "out")
        assert time.monotonic() - started < 20


def test_an_upload_that_breaks_off_leaves_no_object(bucket, tmp_path, service):
    (tmp_path / "film").write_bytes(b"x" * (PARTS + PARTS // 2))
    with in_between(service, most=PARTS // 2) as port:
        broken = S3(f"s3+http://key:secret@127.0.0.1:{port}/files", "gera", timeout=2)
        with pytest.raises(StoreDown):
            broken.put("ab/film", tmp_path / "film")
    assert names(bucket) == set()
    bucket.put("ab/film", tmp_path / "film")
    bucket.fetch("ab/film", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "film").read_bytes()


@pytest.mark.parametrize("url", ["s3://host", "https://host/bucket", "s3://host/a/b", "s3:///bucket"])
def test_an_address_that_cannot_be_is_named(url):
    with pytest.raises(ValueError, match="MEDIA_STORE_URL must look like"):
        S3(url, "gera")
