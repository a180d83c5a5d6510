"""The door for PDF files: a whole file that holds text and pictures and nothing that acts.

A PDF cannot be drawn anew without losing its tags, and with them its readers. So it is kept as it is when it holds
nothing active, and refused with a sentence otherwise. Names may be written with `#xx`, dictionaries may hide in
compressed object streams (ISO 32000-2, 7.3.5 and 7.5.7): both are looked through.
"""

import re

from django.utils.translation import gettext as _

from allmende.core import city
from allmende.core.errors import Invalid
from allmende.engines.media.actions.pictures import MEGABYTE, Readable
from allmende.engines.media.actions.sniffing import FILMS, HEAD, OTHER_PICTURES, PICTURES, Sort, inflated, sniff

MAX_MEGABYTES = 20
TAIL = 2048
"""Bytes from the end within which `startxref` and `%%EOF` must stand."""
MAX_OBJECT_STREAMS = 20_000
MAX_UNPACKED = 64 * MEGABYTE
"""Bytes that all object streams together may unfold to."""

ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
END_OF_NAME = rb"(?=[\0\t\n\f\r ()<>\[\]{}/%]|$)"
ACTIVE = re.compile(
    rb"/(JavaScript|Launch|RichMedia|XFA|SubmitForm|ImportData|GoToE|Movie|Sound|Rendition|EmbeddedFiles?|"
    rb"Subtype\s*/3D)" + END_OF_NAME
)
"""What acts, fetches, plays or carries other files (ISO 32000-2, 12.6.4 and 7.11.4)."""
ENCRYPTED = re.compile(rb"/Encrypt" + END_OF_NAME)
STREAM = re.compile(rb"(?<!end)stream\r?\n")
DICTIONARY = 4096
"""Bytes before a stream's content within which its dictionary is looked for."""
FILTERS = re.compile(rb"/(ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt)" + END_OF_NAME)


def limit() -> int:
    """Bytes that a PDF may have, as the city decided."""
    return int(city.setting("media.document_mb", MAX_MEGABYTES)) * MEGABYTE


def read_pdf(upload: Readable | bytes) -> bytes:
    """The bytes of a PDF that may be kept. Raises Invalid with a sentence that says what to do."""
    most = limit()
    content = upload if isinstance(upload, bytes) else upload.read(most + 1)
    sort = sniff(content[:HEAD])
    if sort != Sort.PDF:
        raise Invalid(_no_pdf(sort))
    if len(content) > most:
        raise Invalid(
            _("Die Datei ist größer als %(size)s Megabyte. Bitte verkleinern Sie die Bilder darin.")
            % {"size": most // MEGABYTE}
        )
    if b"startxref" not in content[-TAIL:] or b"%%EOF" not in content[-TAIL:]:
        raise Invalid(
            _("Die PDF-Datei ist nicht vollständig. Bitte speichern Sie sie neu und laden Sie sie noch einmal hoch.")
        )
    plain = _names(content)
    if ENCRYPTED.search(plain):
        raise Invalid(_("Die PDF-Datei ist mit einem Kennwort geschützt. Bitte speichern Sie sie ohne Kennwort."))
    if ACTIVE.search(plain) or any(ACTIVE.search(_names(part)) for part in _object_streams(content)):
        raise Invalid(
            _(
                "Die PDF-Datei enthält Programme, Anhänge, Formulare oder Filme. "
                "Bitte speichern Sie sie neu, am besten als PDF/A."
            )
        )
    return content


def _names(content: bytes) -> bytes:
    """With `#xx` in names written out."""
    if b"#" not in content:
        return content
    return ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), content)


def _object_streams(content: bytes) -> list[bytes]:
    """What the compressed object streams hold. Raises Invalid when one cannot be read: nobody could look inside."""
    found: list[bytes] = []
    left = MAX_UNPACKED
    for start in STREAM.finditer(content):
        before = _names(content[max(0, start.start() - DICTIONARY) : start.start()])
        dictionary = before[before.rfind(b" obj") + 1 :]
        if not re.search(rb"/ObjStm" + END_OF_NAME, dictionary):
            continue
        if FILTERS.search(dictionary) or len(found) >= MAX_OBJECT_STREAMS:
            raise _strange()
        if b"/FlateDecode" in dictionary or b"/Fl " in dictionary:
            unpacked = inflated(content[start.end() :], left)
            if unpacked is None:
                raise _strange()
        else:
            unpacked = b""  # not compressed: it was looked through with the rest
        left -= len(unpacked)
        found.append(unpacked)
    return found


def _strange() -> Invalid:
    return Invalid(_("Diese PDF-Datei ist ungewöhnlich aufgebaut. Bitte speichern Sie sie neu, am besten als PDF/A."))


def _no_pdf(sort: Sort) -> str:
    if sort == Sort.EMPTY:
        return _("Die Datei ist leer. Bitte wählen Sie eine andere.")
    if sort == Sort.OFFICE:
        return _("Das ist eine Datei aus einem Büroprogramm. Bitte speichern Sie sie dort als PDF.")
    if sort in PICTURES | OTHER_PICTURES:
        return _("Das ist ein Bild. Bitte laden Sie es bei den Bildern hoch.")
    if sort in FILMS or sort == Sort.MOV:
        return _("Das ist ein Video. Bitte laden Sie es bei den Videos hoch.")
    if sort == Sort.ZIP:
        return _("Das ist ein gepacktes Archiv. Bitte packen Sie es aus und laden Sie die PDF-Dateien einzeln hoch.")
    return _("Diese Datei ist kein PDF. Möglich sind PDF-Dateien, Bilder und Videos.")
