"""What the editor keeps of those who write: which pages, versions and files are theirs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import EditingSession
from wagtail.models import Comment, CommentReply, ModelLogEntry, Page, PageLogEntry, Revision
from wagtail.users.models import UserProfile

from allmende.capabilities.portal.models import Attachment, Picture, Post
from allmende.core.manifest import PersonalData


def export(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    """The versions that they wrote, and the notes that they left for other editors."""
    for revision in Revision.objects.filter(user_id=person_id).order_by("created_at"):
        yield {"wrote": revision.object_str, "at": revision.created_at.isoformat()}
    for comment in Comment.objects.filter(user_id=person_id).order_by("created_at"):
        yield {"noted": comment.text, "at": comment.created_at.isoformat()}
    for picture in Picture.objects.filter(uploaded_by_user=person_id).order_by("created_at"):
        yield {"sent": picture.title, "at": picture.created_at.isoformat()}


def erase(person_id: UUID, keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's shape
    """Pages are the city's and stay, without a trace of who wrote them; notes between editors go."""
    del keep_texts
    for name in ("written_by", "checked_by", "released_by"):
        Post.objects.filter(**{name: person_id}).update(**{name: None})
    Page.objects.filter(owner=person_id).update(owner=None)
    Page.objects.filter(locked_by=person_id).update(locked_by=None)
    Revision.objects.filter(user_id=person_id).update(user=None)
    _blank_versions(str(person_id))
    for log in (PageLogEntry, ModelLogEntry):
        log.objects.filter(user_id=person_id).update(user=None)
    CommentReply.objects.filter(user_id=person_id).delete()
    Comment.objects.filter(user_id=person_id).delete()
    EditingSession.objects.filter(user_id=person_id).delete()
    UserProfile.objects.filter(user_id=person_id).delete()
    Picture.objects.filter(uploaded_by_user=person_id).update(uploaded_by_user=None)
    Attachment.objects.filter(uploaded_by_user=person_id).update(uploaded_by_user=None)


def _blank_versions(person: str) -> None:
    """A version holds the page as it was, with its owner and the notes beside it."""
    versions = Revision.objects.annotate(raw=Cast("content", TextField())).filter(raw__contains=person)
    for version in versions.iterator(chunk_size=50):
        content = version.content
        notes = [note for note in content.get("wagtail_admin_comments", ()) if str(note.get("user")) != person]
        for note in notes:
            note["replies"] = [reply for reply in note.get("replies", ()) if str(reply.get("user")) != person]
        if "wagtail_admin_comments" in content:
            content["wagtail_admin_comments"] = notes
        cleared = json.loads(json.dumps(content).replace(json.dumps(person), "null"))
        Revision.objects.filter(pk=version.pk).update(content=cleared)


EDITORS = PersonalData(
    kind="editing",
    label=_("Redaktion"),
    purpose=_("Damit nachvollziehbar ist, wer eine Seite geschrieben, geprüft und freigegeben hat."),
    retention=None,
    export=export,
    erase=erase,
)
