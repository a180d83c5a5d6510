"""What programs send over Open311: reports and updates. Each needs a key."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from allmende.capabilities.reports.actions import exchange as actions
from allmende.capabilities.reports.actions.submitting import ReportData
from allmende.capabilities.reports.models import WORDS_LIMIT, ApiKey
from allmende.capabilities.reports.models.exchange import EXTERNAL_LIMIT
from allmende.capabilities.reports.queries import exchange
from allmende.capabilities.reports.queries import georeport as queries
from allmende.capabilities.reports.rules.asking import sorted_out
from allmende.capabilities.reports.rules.georeport import wire
from allmende.capabilities.reports.rules.georeport.wire import Refused
from allmende.capabilities.reports.views.programs import answer, key_in, language_of, now
from allmende.core import city, ratelimit
from allmende.core.actor import Actor, Channel, Viewer
from allmende.engines.media import interface as media

PER_HOUR = 2000
"""So many reports or updates may come over one key in an hour, unless the city decides otherwise."""
MOST_PICTURES = 6
ALT_LIMIT = 200
ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_.:-]{1,60})\](?:\[\])?")
OWN_NUMBERS = ("external_id", "fixmystreet_id")
"""Attributes in which other systems tell their own number."""
PICTURE = re.compile(r"photos?\d*|media\d*|file_?\w*")
NOT_PINPOINTED = "#NOTPINPOINTED#"
"""FixMyStreet's word for a report whose place nobody has marked on a map."""


def _sender(request: HttpRequest) -> ApiKey:
    """Raises Refused without a key, TooMany above the limit."""
    if request.content_type not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise Refused(415, "Send form fields: application/x-www-form-urlencoded or multipart/form-data.")
    found = key_in(request)
    if found is None:
        raise Refused(403, "api_key is missing.")
    times = int(city.setting("reports.per_hour_key", PER_HOUR))
    ratelimit.take("reports.open311", str(found.pk), limit=times, per=timedelta(hours=1), at=now(request))
    actions.note_use(found, now(request))
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor(
        viewer=Viewer(language=language_of(request)), channel=Channel.API, request_id=getattr(request, "id", "")
    )


def take_request(request: HttpRequest, form: str) -> HttpResponse:
    """A report. Sent again with the same `attribute[external_id]` it is the same one, and nothing is written."""
    key, sent, language = _sender(request), request.POST, language_of(request)
    code = sent.get("service_code", "")
    if not code:
        raise Refused(400, "service_code is missing.")
    if code not in {one.slug for one in queries.offered()}:
        raise Refused(404, "service_code was not found.")
    words = sent.get("description", "")
    if not words.strip():
        raise Refused(400, "description is missing.")
    if len(words) > WORDS_LIMIT:
        raise Refused(400, f"description holds at most {WORDS_LIMIT} characters.")
    attributes = list(_attributes(request))
    external_id = next((value for name, value in attributes if name in OWN_NUMBERS), sent.get("external_id", ""))
    if len(external_id) > EXTERNAL_LIMIT:
        raise Refused(400, f"external_id holds at most {EXTERNAL_LIMIT} characters.")
    known = exchange.came_over(key.pk, external_id)
    if known is not None:
        return _taken(form, known.number, 200)
    told = [one for one in attributes if one[0] not in OWN_NUMBERS]
    answers, rest = sorted_out(queries.attributes_of([code], language).get(code, ()), told)
    report, fresh = actions.take_request(
        actor=_actor(request),
        key=key,
        data=ReportData(words, code, _place(request), _point(request), answers=answers),
        sent=actions.Sent(
            external_id=external_id,
            image_ids=_images(request, words),
            picture_urls=_urls(request, key),
            answers=rest,
        ),
        contact=_contact(request, language),
        language=language,
        at=now(request),
    )
    return _taken(form, report.number, 201 if fresh else 200)


def _taken(form: str, number: int, status: int) -> HttpResponse:
    """An id, never a token beside it."""
    found = [{"service_request_id": str(number), "service_notice": None, "account_id": None}]
    return answer(form, wire.listed(form, "service_requests", "request", found), status)


def _attributes(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """`attribute[code]=value`, several of one code one after the other."""
    for name, values in request.POST.lists():
        found = ATTRIBUTE.fullmatch(name)
        if found is not None:
            yield from ((found[1], str(value)) for value in values)


def _place(request: HttpRequest) -> str:
    words = request.POST.get("address_string", "") or request.POST.get("address", "")
    return "" if words == NOT_PINPOINTED else words


def _point(request: HttpRequest) -> tuple[float, float] | None:
    """Longitude and latitude. Raises Refused for half of it, and without any place at all."""
    given = [name for name in ("lat", "long") if request.POST.get(name)]
    if len(given) == 1:
        raise Refused(400, "lat and long belong together.")
    if given:
        longitude = wire.read_number("long", request.POST["long"], -180, 180)
        return longitude, wire.read_number("lat", request.POST["lat"], -90, 90)
    if not _place(request).strip():
        raise Refused(400, "lat and long, or address_string, are missing.")
    return None


def _contact(request: HttpRequest, language: str) -> dict[str, Any] | None:
    """Arguments of `accounts.interface.guest` for whoever is to be answered by us and not by the program."""
    email, telephone = (request.POST.get(name, "").strip() for name in ("email", "phone"))
    if not email and not telephone:
        return None
    kind = "email" if email else "telephone"
    name = " ".join(request.POST.get(part, "").strip() for part in ("first_name", "last_name")).strip()
    contact = {"contact_kind": kind, "email": email[:254], "telephone": telephone[:40], "language": language}
    return {**contact, "display_name": name[:60]}


def _images(request: HttpRequest, words: str) -> list[UUID]:
    """Pictures that came along, drawn anew. Raises Refused for more than are taken, Invalid for what is none."""
    files = [
        one
        for name, sent in request.FILES.lists()
        if PICTURE.fullmatch(name)
        for one in sent
        if isinstance(one, UploadedFile)
    ]
    if len(files) > MOST_PICTURES:
        raise Refused(400, f"At most {MOST_PICTURES} pictures.")
    plain = " ".join(words.split())[:ALT_LIMIT]
    return [
        media.take_image(one, alt=plain, actor=_actor(request), at=now(request), language=language_of(request)).pk
        for one in files
    ]


def _urls(request: HttpRequest, key: ApiKey) -> list[str]:
    """Pictures by address, as far as the key allows their host. Raises Refused for any other."""
    found = [one.strip() for one in request.POST.getlist("media_url") if one.strip()]
    if len(found) > MOST_PICTURES:
        raise Refused(400, f"At most {MOST_PICTURES} pictures.")
    for url in found:
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            host, parts = "", urlsplit("")
        if parts.scheme not in {"http", "https"} or len(url) > 1000 or host not in key.media_hosts:  # noqa: PLR2004
            raise Refused(400, "media_url is not among the hosts that this key may name. Send the picture as photo1.")
    return found


def take_update(request: HttpRequest, form: str) -> HttpResponse:
    """Something new about a report. Told twice under the same `update_id` it counts once."""
    key, sent = _sender(request), request.POST
    missing = [name for name in ("service_request_id", "update_id", "status") if not sent.get(name, "").strip()]
    if missing:
        raise Refused(400, f"{', '.join(missing)} must be given.")
    number, update_id = sent["service_request_id"].strip(), sent["update_id"].strip()
    if len(update_id) > EXTERNAL_LIMIT:
        raise Refused(400, f"update_id holds at most {EXTERNAL_LIMIT} characters.")
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004
        raise Refused(404, "service_request_id was not found.")
    if len(sent.get("description", "")) > WORDS_LIMIT:
        raise Refused(400, f"description holds at most {WORDS_LIMIT} characters.")
    said = sent.get("updated_datetime", "")
    said_at = wire.read_instant("updated_datetime", said, city.current().zone) if said else now(request)
    told = actions.Told(
        f"key:{key.pk}", update_id, sent["status"][:60], sent.get("description", ""), min(said_at, now(request))
    )
    kept = actions.take_update(actor=_actor(request), key_id=key.pk, number=int(number), told=told, at=now(request))
    found = [{"update_id": str(kept.line_id or kept.pk), "service_request_id": number}]
    return answer(form, wire.listed(form, "service_request_updates", "request_update", found), 201)
