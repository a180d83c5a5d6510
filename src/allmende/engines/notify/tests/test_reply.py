"""Answers by mail: only the new words are taken, whatever program wrote the mail and whoever means harm."""

import base64
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.notify import rules
from allmende.engines.notify.adapters import reply

TO = "To: antwort+abc@stadt.example\r\nFrom: Ahorn <ahorn@example.org>\r\n"


def read(raw):
    return reply.read(raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw, "antwort")


QUOTED = [
    "Gute Idee.\n\nAm 22.11.2026 um 10:00 schrieb Portal:\n> Neuer Kommentar\n> zweite Zeile",
    "Gute Idee.\n\nAm So., 22. Nov. 2026 um 10:00 Uhr schrieb Portal\n<antwort+abc@stadt.example>:\n\n> Neuer",
    "Gute Idee.\n\nOn Sun, Nov 22, 2026 at 10:00 AM Portal wrote:\n\nNew comment without marks",
    "Gute Idee.\n\n-----Ursprüngliche Nachricht-----\nVon: Portal\nGesendet: heute\n\nNeuer Kommentar",
    "Gute Idee.\n\nVon: Portal <p@stadt.example>\nGesendet: Sonntag\nAn: Ahorn\nBetreff: Bänke\n\nNeuer Kommentar",
    "Gute Idee.\n________________________________\nFrom: Portal\nSent: today\n\nNew comment",
    "Gute Idee.\n\n-- \nAhorn\nMusterweg 1",
    "Gute Idee.\n\nVon meinem iPhone gesendet",
    "Gute Idee.\nSent from my phone",
    "> Neuer Kommentar\n> zweite Zeile\n\nGute Idee.",
    "Am 22.11.2026 um 10:00 schrieb Portal:\n> Neuer Kommentar\n\nGute Idee.",
    "Gute Idee.\r\n\r\n> Neuer Kommentar\r\n",
]


@pytest.mark.parametrize("body", QUOTED)
def test_quotes_and_signatures_fall_away(body):
    assert reply.new_words(body) == "Gute Idee."


def test_what_only_looks_like_a_quote_stays():
    text = "Am Anfang schrieb ich: lieber nicht.\nVon: Lusan bis Zentrum fehlt ein Radweg.\n-- so wie hier\n2 > 1"
    assert reply.new_words(text) == text


def test_words_between_quotes_stay_in_order():
    assert reply.new_words("> Erstens?\nJa.\n> Zweitens?\nNein.") == "Ja.\nNein."


def test_only_what_was_sent_to_a_reply_address_is_an_answer():
    assert read("To: portal@stadt.example\r\n\r\nHallo") is None
    assert read("To: antwort@stadt.example\r\n\r\nHallo") is None
    found = read('To: "x" <ANTWORT+ABC@stadt.example>, b@example.org\r\nFrom: <Ahorn@Example.org>\r\n\r\nHallo')
    assert (found.tokens, found.sender, found.text) == (["abc"], "ahorn@example.org", "Hallo")
    assert read("Delivered-To: antwort+abc@stadt.example\r\n\r\nHallo").tokens == ["abc"]


def test_html_alone_becomes_text_without_quotes_and_code():
    html = (
        "<html><head><style>p{}</style></head><body><p>Gute&nbsp;Idee &amp; mehr.</p><div>Zweite<br>Zeile"
        "</div><script>alert(1)</script><div class='gmail_quote'><div>Am heute schrieb</div>alt<br>alt</div>"
        "<blockquote>alt</blockquote></body></html>"
    )
    found = read(f"{TO}Content-Type: text/html; charset=utf-8\r\n\r\n{html}")
    assert found.text.split("\n") == ["Gute Idee & mehr.", "", "Zweite", "Zeile"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1\r\n", "Gr\u00fc\u00dfe".encode("latin-1")),
        ("Content-Type: text/plain; charset=unknown-8bit\r\n", "Gr\u00fc\u00dfe".encode("cp1252")),
        ("Content-Type: text/plain; charset=utf-8\r\n", "Gr\u00fc\u00dfe".encode("cp1252")),
        ("", "Gr\u00fc\u00dfe".encode()),
        ("Content-Transfer-Encoding: base64\r\n", base64.b64encode("Gr\u00fc\u00dfe".encode())),
        ("Content-Transfer-Encoding: quoted-printable\r\n", b"Gr=C3=BC=\r\n=C3=9Fe"),
    ],
)
def test_wrong_and_missing_charsets_are_read_all_the_same(head, body):
    assert read((TO + head + "\r\n").encode() + body).text == "Gr\u00fc\u00dfe"


def test_attachments_are_counted_and_left_out():
    mail = EmailMessage()
    mail["To"], mail["From"] = "antwort+abc@stadt.example", "ahorn@example.org"
    mail.set_content("Gute Idee.")
    mail.add_alternative("<p>Gute Idee.</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    mail.add_attachment("Geheim", filename="notiz.txt")
    found = read(mail.as_bytes())
    assert (found.text, found.attachments) == ("Gute Idee.", 2)


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=1", "Precedence: bulk", "X-Autoreply: yes",
     "Return-Path: <>", "List-Id: <l.example.org>", "X-Loop: a", "Content-Type: multipart/report; boundary=x"],
)  # fmt: skip
def test_programs_that_answer_by_themselves_are_known(header):
    assert read(f"{TO}{header}\r\n\r\nIch bin bis Montag nicht da.").is_automatic


def test_people_are_no_programs():
    assert not read(f"{TO}Auto-Submitted: no\r\nReturn-Path: <ahorn@example.org>\r\n\r\nHallo").is_automatic


@given(st.binary(max_size=600))
def test_any_bytes_are_read_without_breaking(raw):
    for given_raw in (
        raw,
        TO.encode() + raw,
        TO.encode() + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + raw,
    ):
        found = reply.read(given_raw, "antwort")
        assert found is None or isinstance(found.text, str)


@pytest.mark.parametrize(
    "raw",
    [
        TO
        + "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        + "--x\r\nContent-Type: text/html\r\n\r\n<p>a\r\n" * 500,
        TO + "Content-Type: text/html\r\n\r\n" + "<div>" * 20_000 + "tief",
        TO + "\r\n" + "> " * 100_000,
        TO + "\r\n" + "Am " * 60_000,
        TO + "To: " + "antwort+x@y, " * 3000 + "\r\n\r\nHallo",
        TO + "Subject: =?utf-8?b?" + "A" * 5000 + "?=\r\n\r\nHallo",
    ],
    ids=["parts", "nested", "quotes", "introductions", "receivers", "subject"],
)
def test_hostile_mails_neither_break_nor_hang(raw):
    found = read(raw)
    assert found is None or len(found.tokens) <= 5


# Tokens


def test_the_address_holds_the_notice_and_nobody_can_make_one(settings):
    settings.EMAIL_REPLIES = "antwort@stadt.example"
    notice = uuid4()
    address = rules.reply_address(notice)
    local, _at, domain = address.rpartition("@")
    assert domain == "stadt.example"
    assert len(local) <= 64
    token = local.removeprefix("antwort+")
    assert rules.notice_of(token) == notice
    assert rules.notice_of(token.upper()) == notice
    for place in (0, 12, len(token) - 2):
        other = "a" if token[place] != "a" else "b"
        assert rules.notice_of(token[:place] + other + token[place + 1 :]) is None
    settings.SECRET_KEY = "another"
    assert rules.notice_of(token) is None
    settings.EMAIL_REPLIES = ""
    assert rules.reply_address(notice) == ""


@given(st.text(max_size=80))
def test_any_other_token_opens_nothing(text):
    assert rules.notice_of(text) is None or isinstance(rules.notice_of(text), UUID)
