"""Fills a council by statements: `council_fill.py MEETINGS PAPERS ITEMS FILES`. Prints what to ask for, as JSON.

Rows are as actions make them; ids are told from their number, so that what belongs together finds itself.
"""

import json
import sys

import django
from django.db import connection
from tend import tend

BASE = "created, modified, public, was_public, deleted, web, license, keyword, extra, is_example"
VALUES = "now() - interval '1 day', now() - interval '1 day', true, true, false, '', '', '[]', '{}', true"


def main(meetings: int, papers: int, items: int, files: int) -> None:
    django.setup()
    from allmende.capabilities.council.models import Body, Organization

    body = Body.objects.public().order_by("created")[0]
    council = Organization.objects.public().filter(organization_type="Gremium").order_by("name")[0]
    numbers = {"body": body.pk, "organization": council.pk}
    statements = (
        (
            f'INSERT INTO council_meeting (id, {BASE}, body_id, name, meeting_state, cancelled, start, "end", sequence)'
            f" SELECT md5('m' || n)::uuid, {VALUES}, %(body)s, 'Sitzung ' || n, '', false,"
            " now() - n * interval '1 hour', now() - n * interval '1 hour' + interval '2 hours', 0"
            f" FROM generate_series(1, {meetings}) n"
        ),
        (
            "INSERT INTO council_meeting_organizations (meeting_id, organization_id)"
            f" SELECT md5('m' || n)::uuid, %(organization)s FROM generate_series(1, {meetings}) n"
        ),
        (
            f"INSERT INTO council_agendaitem (id, {BASE}, meeting_id, place, label, name, result, resolution_text)"
            f" SELECT md5('i' || n)::uuid, {VALUES}, md5('m' || (n %% {meetings} + 1))::uuid, n, '', 'Punkt ' || n,"
            f" 'beschlossen', '' FROM generate_series(1, {items}) n"
        ),
        (
            f"INSERT INTO council_paper (id, {BASE}, body_id, name, reference, date, paper_type, plain)"
            f" SELECT md5('p' || n)::uuid, {VALUES}, %(body)s, 'Vorlage ' || n || ' über Wege', n || '/2026',"
            f" current_date, 'Beschlussvorlage', '{{}}' FROM generate_series(1, {papers}) n"
        ),
        (
            f"INSERT INTO council_consultation (id, {BASE}, paper_id, meeting_id, agenda_item_id, authoritative, role)"
            f" SELECT md5('c' || n)::uuid, {VALUES}, md5('p' || (n %% {papers} + 1))::uuid,"
            f" md5('m' || (n %% {meetings} + 1))::uuid, md5('i' || n)::uuid, true, 'Entscheidung'"
            f" FROM generate_series(1, {items}) n"
        ),
        (
            "INSERT INTO council_consultation_organizations (consultation_id, organization_id)"
            f" SELECT md5('c' || n)::uuid, %(organization)s FROM generate_series(1, {items}) n"
        ),
        (
            f"INSERT INTO council_file (id, {BASE}, body_id, paper_id, role, name, file_name, mime_type, date, size,"
            " sha512, text, access_url, download_url, file_license)"
            f" SELECT md5('f' || n)::uuid, {VALUES}, %(body)s, md5('p' || (n %% {papers} + 1))::uuid, 'auxiliary',"
            " 'Anlage ' || n, 'anlage.pdf', 'application/pdf', current_date, 1000, '', '',"
            " 'https://files.example/' || n, '', ''"
            f" FROM generate_series(1, {files}) n"
        ),
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, numbers)
    tend()
    with connection.cursor() as cursor:
        singles = []
        for kind, table in (
            ("meeting", "meeting"),
            ("paper", "paper"),
            ("agenda_item", "agendaitem"),
            ("file", "file"),
        ):
            cursor.execute(f"SELECT id FROM council_{table} WHERE public ORDER BY md5(id::text) LIMIT 100")
            singles += [f"/oparl/1.1/{kind}/{key}" for (key,) in cursor.fetchall()]
    asked = ["", "?limit=100&omit_internal=true", "?modified_since=2020-01-01T00:00:00%2B01:00"]
    print(json.dumps({"body": str(body.pk), "singles": singles, "pages": asked, "papers": papers, "files": files}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
