"""Another city: its own process, database and address. Reads deeds as JSON lines, answers each with one.

Started by `neighbour()`; as a program it is the city itself.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]


class Neighbour:
    """The city as a test sees it: `address` for programs, `do(deed, …)` for its people."""

    def __init__(self, process):
        self.process = process
        self.address = self._heard()["address"]

    def do(self, deed, **facts):
        self.process.stdin.write(json.dumps({"do": deed, **facts}) + "\n")
        self.process.stdin.flush()
        return self._heard()

    def _heard(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)


@contextmanager
def neighbour(city="jena"):
    from tests.cluster import folder_for, migrated, surroundings

    from allmende.project.servers.postgres import APP, OWNER, ephemeral
    from allmende.project.tests.up import free_port

    with folder_for("allmende-neighbour") as folder:
        home, port = Path(folder), free_port()
        (home / "postgres").mkdir()
        subprocess.run(["cp", "-a", migrated(), home / "postgres" / "postgres"], check=True)
        with ephemeral(home / "postgres") as cluster:
            plain = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "NATS"))}
            around = plain | surroundings(home / "home", cluster.url(APP, "city"), cluster.url(OWNER, "city"))
            around |= {
                "CITY": city, "PUBLIC_URL": f"http://127.0.0.1:{port}", "FEEDS_FROM_PRIVATE_NETWORK": "1",
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "DJANGO_SETTINGS_MODULE": "allmende.project.settings",
            }  # fmt: skip
            process = subprocess.Popen(
                [sys.executable, __file__, str(port)], env=around, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            try:
                yield Neighbour(process)
            finally:
                process.stdin.close()
                process.wait(60)
                process.stdout.close()
                process.stderr.close()


def serve(port):
    """The city itself, until nobody speaks to it any more."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    import django

    django.setup()
    from django.core.handlers.wsgi import WSGIHandler

    class Threaded(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args):
            pass

    server = Threaded(("127.0.0.1", port), Quiet)
    server.set_app(WSGIHandler())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say({"address": f"http://127.0.0.1:{port}"})
    for line in sys.stdin:
        facts = json.loads(line)
        say(DEEDS[facts.pop("do")](**facts))


def say(found):
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def issue(code):
    from allmende.capabilities.reports import builders

    builders.category(slug=code)
    _key, secret = builders.api_key()
    return {"key": secret}


def move(number, verb, words="", publish=None):
    from allmende.capabilities.reports import builders
    from allmende.capabilities.reports.models import Report

    one = Report.objects.get(number=number)
    return {"state": builders.move(one, verb, words=words, publish=publish).state}


def look():
    from allmende.capabilities.reports.models import Report

    names = ("number", "words", "state", "is_public", "channel", "place")
    return {"reports": list(Report.objects.order_by("number").values(*names))}


def notes(number):
    from allmende.capabilities.reports.models import Update

    return {"lines": list(Update.objects.filter(report__number=number).values_list("words", "note"))}


def report(code, words):
    from allmende.capabilities.reports import builders
    from allmende.capabilities.reports.models import Category

    return {"number": builders.public(kind=Category.objects.get(slug=code), words=words).number}


def pass_on(number, endpoint, key, code, there):
    from django.utils import timezone

    from allmende.accounts import builders as people
    from allmende.capabilities.reports import builders
    from allmende.capabilities.reports.actions import partners as actions
    from allmende.capabilities.reports.models import Report
    from allmende.capabilities.reports.tasks.partners import send_due

    data = actions.PartnerData("Nachbarstadt", endpoint, key=key, services=[(code, there, False)])
    made = actions.save_partner(actor=people.actor(people.administrator()), data=data, at=timezone.now())
    one = Report.objects.get(number=number)
    actions.refer(actor=builders.desk(), report_id=one.pk, partner_id=made.pk, at=timezone.now())
    return {"sent": send_due(timezone.now())}


def read():
    from django.utils import timezone

    from allmende.capabilities.reports.models import Partner
    from allmende.capabilities.reports.tasks.partners import read_due

    Partner.objects.update(next_read_at=timezone.now())
    return {"heard": read_due(timezone.now())}


DEEDS = {"issue": issue, "move": move, "look": look, "notes": notes, "report": report, "pass_on": pass_on, "read": read}

if __name__ == "__main__":
    serve(int(sys.argv[1]))
