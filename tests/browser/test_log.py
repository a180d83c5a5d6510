"""What a running city writes down: enough to find a fault by its number, nothing about who asked what."""

import time
import urllib.error
import urllib.request

WORD, ADDRESS = "geheimnisvollefrage", "203.0.113.77"


def ask(city, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Status and request id of an answer."""
    request = urllib.request.Request(city.url + path, data=body, headers=headers | {"X-Forwarded-For": ADDRESS})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.headers.get("X-Request-ID", "")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("X-Request-ID", "")


def everything_in(city) -> str:
    written = [city.log, *(city.home / "log").rglob("*")]
    return "\n".join(path.read_text(errors="replace") for path in written if path.is_file())


def test_the_log_holds_numbers_of_requests_but_no_words_and_no_addresses(city):
    assert ask(city, f"/suche/?q={WORD}")[0] == 200
    status, number = ask(city, f"/das-gibt-es-nicht/?wort={WORD}")
    assert (status, bool(number)) == (404, True)
    body = f"title={WORD}&body={WORD}".encode()
    assert ask(city, "/mitmachen/ideen/neu/", body, Referer=f"{city.url}/?{WORD}")[0] == 403
    as_json = {"Content-Type": "application/json", "User-Agent": WORD}
    assert ask(city, f"/api/v1/participation/ideas?{WORD}", f'{{"title": "{WORD}"'.encode(), **as_json)[0] == 400
    assert ask(city, f"/konto/anmelden/?next={WORD}", b"email=%00" + WORD.encode())[0] == 403
    until = time.monotonic() + 180
    while number not in (log := everything_in(city)):  # what the processes say is written down by another one
        assert time.monotonic() < until, "a fault that someone reports by its number can be found"
        time.sleep(0.1)
    last = ask(city, "/auch-das-nicht/")[1]
    while last not in (log := everything_in(city)):
        assert time.monotonic() < until, "written in the order in which it was said"
        time.sleep(0.1)
    assert "/das-gibt-es-nicht/" in log
    for private in (WORD, ADDRESS, "127.0.0.1 ", "Mozilla", "python-urllib"):
        assert private.lower() not in log.lower(), private
