"""What people of a city type, and what they must find among forty texts: German and English, as measured by hand."""

import pytest
from django.utils import timezone

from allmende.core import city
from allmende.core.actor import SYSTEM, Viewer
from allmende.engines.search import actions, interface
from allmende.engines.search.builders import put_thing

TEXTS = {
    "laternen": ("Kaputte Straßenlaternen melden sich selbst", "Jeder Lichtmast meldet, wenn er ausfällt."),
    "licht": ("Weniger Licht in der Nacht", "Die Beleuchtung im Park soll nach Mitternacht dunkler werden."),
    "radweg": ("Sicherer Radweg zur Regelschule", "Kinder fahren dort mit dem Fahrrad zur Schule."),
    "radbügel": ("Mehr Radbügel am Bahnhof", "Fahrräder stehen bisher an Geländern."),
    "baum": ("Ein Baum vor jedem Haus", "Bäume geben Schatten und kühlen die Straße."),
    "kita": ("Kindertagesstätte am Stadtwald öffnet länger", "Eltern wünschen sich Betreuung bis 18 Uhr."),
    "spielplatz": ("Spielplätze für alle", "Eine Schaukel, die auch im Rollstuhl geht."),
    "bank": ("Sitzbänke an der Elster", "Ältere Menschen brauchen alle 200 Meter eine Bank."),
    "bus": ("Nachtbus nach Langenberg", "Nach dem Theater fährt keine Straßenbahn mehr."),
    "müll": ("Abfallkalender als App", "Wann wird der Restmüll geholt?"),
    "bürgeramt": ("Bürgerservice mit Termin", "Ausweis und Ummeldung ohne Wartezeit."),
    "strategie": ("Entwurf der Strategie liegt aus", "Ihre Rückmeldung ist bis September möglich."),
    "haushalt": ("Bürgerhaushalt 2027", "50.000 Euro für Vorschläge aus den Stadtteilen."),
    "museum": ("Museumsnacht mit freiem Eintritt", "Achtzehn Häuser öffnen bis ein Uhr."),
    "bücherei": ("Bibliothek der Dinge", "Bohrmaschinen und Nähmaschinen ausleihen."),
    "wlan": ("Freies WLAN auf dem Markt", "Offenes Netz ohne Anmeldung."),
    "ampel": ("Grünphase der Fußgängerampel verlängern", "Die Ampel an der Heinrichstraße springt zu früh um."),
    "schlagloch": ("Schlaglöcher in der Wiesestraße", "Nach dem Winter ist die Fahrbahn aufgerissen."),
    "garten": ("Gemeinschaftsgarten Bieblach", "Nachbarinnen und Nachbarn gärtnern zusammen."),
    "brücke": ("Neue Fußgängerbrücke über die Elster", "Der Stadtrat hat den Bau beschlossen."),
    "jugend": ("Jugendhaus bekommt Proberaum", "Zwei Bands haben darum gebeten."),
    "pflege": ("Pflegeberatung kommt nach Hause", "Für Angehörige, kostenlos."),
    "wärme": ("Fernwärme aus der Kläranlage", "Die Stadtwerke prüfen eine Wärmepumpe."),
    "markt": ("Wochenmarkt zieht um", "Während der Bauarbeiten am Johannisplatz."),
    "gebärde": ("Gebärdensprache in der Vollversammlung", "Zum ersten Mal wird gedolmetscht."),
    "lärm": ("Lärmschutz an der Bundesstraße", "Tempo 30 in der Nacht."),
    "schwimmen": ("Hofwiesenbad länger offen", "Frühschwimmen ab sechs Uhr."),
    "wohnen": ("Wohnhäuser statt Parkplatz", "Bezahlbare Wohnungen am Südbahnhof."),
}
ASKED = [
    ("Straßenlaterne", "laternen"),
    ("strassenlaterne", "laternen"),  # no ß on the keyboard
    ("Lichtmasten", "laternen"),
    ("Strassenlatrene", "laternen"),  # a slip of the pen
    ("beleuchtung", "licht"),
    ("Fahrrad", "radweg"),
    ("Fahrräder", "radbügel"),
    ("Fahrraeder", "radbügel"),  # umlaut typed as two letters
    ("Radwege", "radweg"),
    ("Schulweg Rad", "radweg"),
    ("Baeume", "baum"),
    ("bäume schatten", "baum"),
    ("Kindergarten", "kita"),  # a synonym of the city's
    ("Kita", "kita"),
    ("Spielplatz", "spielplatz"),
    ("rollstuhl schaukel", "spielplatz"),
    ("Sitzbank", "bank"),
    ("Bänke", "bank"),
    ("Nachtbusse", "bus"),
    ("Tram", "bus"),  # a synonym, inside the text
    ("Müll", "müll"),  # a synonym of a part: Abfall in Abfallkalender
    ("Restmuell", "müll"),
    ("Einwohnermeldeamt", "bürgeramt"),
    ("Rückmeldung Strategie", "strategie"),
    ("Bürgerhaushalt", "haushalt"),
    ("Haushalt", "haushalt"),
    ("Museum", "museum"),
    ("museumsnachd", "museum"),
    ("Bücherei", "bücherei"),
    ("nähmaschine", "bücherei"),
    ("Internet", "wlan"),
    ("Ampel Heinrichstraße", "ampel"),
    ("fussgaengerampel", "ampel"),
    ("Schlagloch", "schlagloch"),
    ("Nachbar", "garten"),
    ("Brücke", "brücke"),
    ("Jugend", "jugend"),
    ("Wärmepumpen", "wärme"),
    ("Wochenmarkt", "markt"),
    ("Gebärdensprachdolmetscher", "gebärde"),
    ("Lärm", "lärm"),
    ("wohnung", "wohnen"),
    ("Wohnhaus", "wohnen"),
    ("Laterne", "laternen"),  # no text has the word alone: it is the last part of one
    ("Elster Brücken", "brücke"),  # nor this one, which is in the plural besides
    ("Schwimmbad", "schwimmen"),  # a synonym of the city's: „Hofwiesenbad“ is a name
]


@pytest.fixture(scope="module")
def texts(django_db_setup, django_db_blocker):
    from django.db import transaction

    from allmende.engines.search.builders import example_room

    with django_db_blocker.unblock(), example_room(), transaction.atomic():
        city.forget()
        pack = city.pack()
        # `bring_synonyms` is durable; inside this transaction its list is written directly.
        import tomllib

        from allmende.core.models import Setting

        groups = tomllib.loads((pack.folder / "synonyms.toml").read_text())["groups"]
        Setting.objects.create(key="search.synonyms", value=[", ".join(group) for group in groups])
        city.forget()
        refs = {name: put_thing(title, summaries={"de": text}) for name, (title, text) in TEXTS.items()}
        actions.refresh_words()
        yield {ref: name for name, ref in refs.items()}
        transaction.set_rollback(True)
    city.forget()


@pytest.mark.parametrize(("typed", "expected"), ASKED)
def test_what_was_looked_for_is_among_the_first_three(texts, django_db_blocker, typed, expected):
    with django_db_blocker.unblock():
        city.forget()
        found = interface.find(typed, Viewer(), timezone.now(), language="de")
    assert expected in [texts[entry.ref] for entry in found.entries][:3]


def test_what_nobody_wrote_finds_nothing(texts, django_db_blocker):
    with django_db_blocker.unblock():
        for typed in ("Zahnarztpraxis", "qqqq", "Weltraumbahnhof Mond"):
            found = interface.find(typed, Viewer(), timezone.now(), language="de")
            assert typed.split()[0] not in str([entry.headline for entry in found.entries])


def test_the_citys_list_of_synonyms_comes_with_the_first_start_and_stays_as_edited(db):
    import importlib

    synonyms = importlib.import_module("allmende.engines.search.actions.synonyms")
    body = synonyms.bring_synonyms.__wrapped__
    assert body(actor=SYSTEM, folder=city.pack().folder) > 10
    assert body(actor=SYSTEM, folder=city.pack().folder) == 0
    put_thing("Kindergarten")
    assert interface.find("Kita", Viewer(), timezone.now(), language="de").total == 1
