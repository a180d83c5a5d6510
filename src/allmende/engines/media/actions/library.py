"""Documents and videos: kept by editors in their library, or sent with something."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotAllowed
from allmende.core.refs import Ref
from allmende.engines.media import rules
from allmende.engines.media.actions import captions, files, films, pictures, placing
from allmende.engines.media.actions.keeping import Rights, described, one_line, render_later, rows_of
from allmende.engines.media.models import File, Medium

TITLE_LENGTH = 200
SUMMARY_LENGTH = 5000
TRANSCRIPT_LENGTH = 200_000


@dataclass(frozen=True)
class Words:
    """What is said of a document or video, in one language. `summary` is for those who cannot open it."""

    title: str
    summary: str
    language: str = "de"
    transcript: str = ""

    def fitting(self) -> "Words":
        """Without what a database cannot hold. Raises Invalid for what is missing or too long."""
        title, summary = one_line(self.title), self.summary.replace("\0", "").strip()
        transcript = self.transcript.replace("\0", "").strip()
        wrong = {}
        if not title or len(title) > TITLE_LENGTH:
            wrong["title"] = _("Bitte geben Sie einen Titel mit höchstens 200 Zeichen an.")
        if not summary or len(summary) > SUMMARY_LENGTH:
            wrong["summary"] = _("Bitte sagen Sie mit höchstens 5.000 Zeichen, was darin steht oder zu sehen ist.")
        if len(transcript) > TRANSCRIPT_LENGTH:
            wrong["transcript"] = _("Die Mitschrift ist zu lang. Möglich sind 200.000 Zeichen.")
        if wrong:
            raise Invalid(fields=wrong)
        return Words(title, summary, self.language[:8], transcript)


def _medium(actor: Actor, media_type: str, words: Words, rights: Rights | None, at: datetime) -> Medium:
    said, given = words.fitting(), (rights or Rights()).fitting()
    return Medium(
        media_type=media_type,
        title=said.title,
        summary=said.summary,
        language=said.language,
        transcript=said.transcript,
        credit=given.credit,
        licence=given.licence,
        expires_at=given.expires_at,
        uploaded_by_id=actor.person_id,
        created_at=at,
    )


@action
def keep_document(
    *,
    actor: Actor,
    content: bytes,
    words: Words,
    at: datetime,
    rights: Rights | None = None,
    library: bool = False,
    scan: str = Medium.Scan.CLEAN,
) -> Medium:
    """Stores a PDF that `documents.read_pdf` has let in, private and attached to nothing."""
    document = _medium(actor, Medium.Type.DOCUMENT, words, rights, at)
    document.library, document.scan = library, scan
    row = File(
        medium=document,
        role=File.Role.DOCUMENT,
        language=document.language,
        extension="pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    files.lock([row.sha256])
    files.write(row.path, content)
    document.save(force_insert=True)
    row.save(force_insert=True)
    audit.record(actor, "media.keep_document", Ref("media", "document", document.id), fields=["title", "files"])
    render_later(document.pk)
    return document


@action
def keep_video(
    *,
    actor: Actor,
    path: Path,
    film: films.Film,
    words: Words,
    at: datetime,
    rights: Rights | None = None,
    library: bool = False,
    scan: str = Medium.Scan.CLEAN,
) -> Medium:
    """Stores a video that `films.take_film` has let in, private and attached to nothing; `path` is gone afterwards."""
    video = _medium(actor, Medium.Type.VIDEO, words, rights, at)
    video.library, video.scan = library, scan
    video.width, video.height, video.seconds = film.width, film.height, film.seconds
    row = _film_row(video, path, film, File.Role.VIDEO)
    files.lock([row.sha256])
    files.adopt(row.path, path)
    video.save(force_insert=True)
    row.save(force_insert=True)
    audit.record(actor, "media.keep_video", Ref("media", "video", video.id), fields=["title", "files"])
    render_later(video.pk)
    return video


def _film_row(video: Medium, path: Path, film: films.Film, role: str) -> File:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return File(
        medium=video,
        role=role,
        language=video.language if role == File.Role.VIDEO else "",
        width=film.width,
        height=film.height,
        extension=film.extension,
        sha256=sha256,
        size=path.stat().st_size,
    )


@action
def keep_link(
    *, actor: Actor, link: str, words: Words, at: datetime, rights: Rights | None = None, library: bool = False
) -> Medium:
    """Notes a video that stays with its host. Pages name the host and link to it; nothing is fetched from there."""
    parts = urlsplit(link.strip())
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname or parts.username:
        raise Invalid(fields={"link": _("Bitte geben Sie die ganze Adresse des Videos an. Sie beginnt mit https://.")})
    video = _medium(actor, Medium.Type.VIDEO, words, rights, at)
    video.library, video.link = library, parts.geturl()
    video.save(force_insert=True)
    audit.record(actor, "media.keep_link", Ref("media", "video", video.id), fields=["title", "link"])
    return video


def _editable(actor: Actor, medium_id: UUID, media_type: str = "") -> Medium:
    """The medium, locked. Raises NotAllowed for whoever may not change it."""
    if not rules.may_edit(actor.viewer):
        raise NotAllowed
    wanted = {"media_type": media_type} if media_type else {}
    return lock(Medium.objects.all(), pk=medium_id, **wanted)


@action
def add_captions(*, actor: Actor, medium_id: UUID, language: str, content: bytes) -> Medium:
    """Gives a video captions in a language, in place of those it has; without a transcript they become one."""
    video = _editable(actor, medium_id, Medium.Type.VIDEO)
    cues = captions.read_captions(content)
    data = captions.written(cues)
    row = File(
        medium=video,
        role=File.Role.CAPTIONS,
        language=language[:8],
        extension="vtt",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )
    _replace(video, row, data)
    if not video.transcript and language == video.language:
        video.transcript = captions.spoken(cues)[:TRANSCRIPT_LENGTH]
        video.save(update_fields=["transcript"])
    audit.record(actor, "media.add_captions", Ref("media", "video", video.id), fields=["captions"])
    render_later(video.pk)
    return video


@action
def add_sign_language(*, actor: Actor, medium_id: UUID, path: Path, film: films.Film, scan: str) -> Medium:
    """Gives a video a second picture in sign language, in place of the one it has; `path` is gone afterwards."""
    video = _editable(actor, medium_id, Medium.Type.VIDEO)
    row = _film_row(video, path, film, File.Role.SIGN)
    files.lock([row.sha256])
    files.adopt(row.path, path)
    if scan == Medium.Scan.WAITING:  # first: then nothing of it is placed where anyone could get it
        Medium.objects.filter(pk=video.pk).update(scan=scan)
    _replace(video, row, None)
    audit.record(actor, "media.add_sign_language", Ref("media", "video", video.id), fields=["sign"])
    render_later(video.pk)
    return video


@action
def set_poster(*, actor: Actor, medium_id: UUID, picture: pictures.Picture, alt: str) -> Medium:
    """The picture that stands there before a video starts, or in place of one that stays with its host."""
    video = _editable(actor, medium_id, Medium.Type.VIDEO)
    video.alt = described(alt)
    video.save(update_fields=["alt"])
    old = list(video.files.filter(role=File.Role.POSTER))
    rows = rows_of(video, picture.files, File.Role.POSTER)
    files.lock([row.sha256 for row in (*old, *rows)])
    for row, file in zip(rows, picture.files, strict=True):
        files.write(row.path, file.content)
    video.files.filter(role=File.Role.POSTER).delete()
    File.objects.bulk_create(rows)
    _follow(old, rows)
    audit.record(actor, "media.set_poster", Ref("media", "video", video.id), fields=["poster", "alt"])
    render_later(video.pk)
    return video


def _replace(video: Medium, row: File, data: bytes | None) -> None:
    """Puts a file in the place of the one of the same role and language; before the commit, so no page lacks it."""
    old = list(video.files.filter(role=row.role, language=row.language))
    files.lock([one.sha256 for one in (*old, row)])
    if data is not None:
        files.write(row.path, data)
    video.files.filter(role=row.role, language=row.language).delete()
    row.save(force_insert=True)
    _follow(old, [row])


def _follow(old: list[File], new: list[File]) -> None:
    """New files are in place before a page can name them, old ones go when none does any more."""
    placing.arrange_all(row.path for row in new)
    gone = [row.path for row in old]
    transaction.on_commit(lambda: placing.arrange_all(gone), robust=True)


@action
def describe(*, actor: Actor, medium_id: UUID, words: Words, rights: Rights) -> Medium:
    """Changes what is said of a document or video. One that had expired is shown again when its time was extended."""
    medium = _editable(actor, medium_id)
    said, given = words.fitting(), rights.fitting()
    medium.title, medium.summary, medium.language = said.title, said.summary, said.language
    medium.transcript, medium.credit, medium.licence = said.transcript, given.credit, given.licence
    if medium.state == Medium.State.EXPIRED and given.expires_at != medium.expires_at:
        medium.state = Medium.State.PUBLIC  # the next minute takes it off again when the new time is over too
        placing.settle_after_commit([medium.pk])
    medium.expires_at = given.expires_at
    medium.save()
    audit.record(actor, "media.describe", Ref("media", medium.media_type, medium.id), fields=["title", "summary"])
    return medium


@action
def remove_medium(*, actor: Actor, medium_id: UUID) -> None:
    """Deletes a document or video of the library, for good. Raises Conflict while something shows it."""
    medium = _editable(actor, medium_id)
    if not rules.may_remove(medium):
        raise NotAllowed(_("Das wird noch auf einer Seite gezeigt. Bitte nehmen Sie es dort zuerst heraus."))
    placing.discard([medium.pk])
    audit.record(actor, "media.remove_medium", Ref("media", medium.media_type, medium_id), fields=["files"])
