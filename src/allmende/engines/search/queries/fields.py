"""Fields of words: what people of a city say when they speak about the same thing without using the same word.

„Laterne“, „dunkel“ and „Leuchte“ are no synonyms, and who looks for one does not want all texts with the others; so the
search does not use this list. Two wishes that both speak of street lights are probably alike, though. Each line is
a field of words, by us; words may stand in several. Words in any form and compounds with them belong to it, too.
"""

from functools import lru_cache

from allmende.engines.search.queries.asked import Dictionary

FIELDS = """
Laterne Lampe Leuchte Licht Beleuchtung leuchten dunkel Dunkelheit finster hell ausgefallen Laternenmast Lichtmast
Licht Beleuchtung dimmen nachts Mitternacht Strom sparen Lichtverschmutzung Sterne Sternenhimmel grell
Insekt Biene Hummel Schmetterling Falter Nachtfalter Nektar Wildblume Blume Blüte blühen Blühstreifen Wiese \
  Rasen mähen
Fahrrad Rad Velo Radfahrer Radfahrende Drahtesel Pedelec Radverkehr
Radweg Radspur Radstreifen Fahrradweg Fahrradstreifen Schutzstreifen Radweg Radwegenetz Radfahrer überholen Abstand
Fahrradständer Radbügel Bügel Abstellplatz Abstellanlage abstellen anschließen anlehnen Geländer \
  Fahrradgarage Diebstahl
Lastenrad Transportrad Cargobike Lastenfahrrad transportieren Einkauf
leihen ausleihen verleihen Verleih Leihstation mieten teilen gemeinsam tauschen borgen Leihladen
Carsharing Leihauto Gemeinschaftsauto Auto Wagen Pkw Fahrzeug teilen besitzen
Auto Pkw Wagen Fahrzeug Autoverkehr Kraftfahrzeug fahren Verkehr Durchgangsverkehr
Tempo Geschwindigkeit Raser rasen schnell Blitzer Verkehrsberuhigung beruhigen Tempolimit Schwelle Spielstraße bremsen
Schulweg Schule Grundschule Schulkind Schüler Elterntaxi Zebrastreifen Lotsen Fußgängerüberweg
Ampel Grünphase Ampelschaltung Fußgängerampel überqueren umschalten Kreuzung Rot Signal
blind Blinde Sehbehinderte sehbehindert Sehbehinderung Ton akustisch Signal Leitstreifen hören tönend Brailleschrift
Rollstuhl Rollator Behinderung behindert barrierefrei Barriere inklusiv Inklusion Handicap Kinderwagen Stufe Rampe
Bordstein Gehweg Bürgersteig Gehsteig Fußweg Pflaster Gehwegplatte stolpern stürzen Wurzel holprig absenken Trottoir
Haltestelle Einstieg einsteigen Bahnsteig Wartehäuschen Bordstein Straßenbahn Bus
Bus Bahn Straßenbahn Tram Nahverkehr Linie Verbindung Fahrplan Busverkehr umsteigen ÖPNV
Takt Fahrplan warten überfüllt voll selten Berufsverkehr Minutentakt pünktlich Verspätung
abends nachts spät Nachtbus Spätverbindung letzte Nachtverkehr Betriebszeit Feierabend
Ticket Fahrkarte Fahrschein Fahrpreis Preis Tarif kostenlos günstig gratis umsonst teuer bezahlen Abo
Parkplatz parken Stellplatz Anwohner Bewohner Anwohnerparken Pendler zuparken Parkausweis Parkhaus Falschparker
Fußgängerzone autofrei Altstadt Innenstadt Zentrum flanieren bummeln verkehrsfrei Autoverkehr
laden Ladesäule Ladestation Ladepunkt Elektroauto Stromtankstelle Wallbox elektrisch Elektromobilität
Lärm laut Krach Geräusch Schallschutz Lärmschutz Verkehrslärm Ruhe leise schlafen Lastwagen Lkw donnern Flüsterasphalt
Schlagloch Straßenschaden Asphalt Fahrbahn Riss Straßenbelag aufgerissen
Spielplatz Spielgerät Schaukel schaukeln Rutsche Sandkasten Klettergerüst klettern spielen mitspielen Karussell Wippe
Kind Kinder Kleinkind Familie Eltern Tochter Sohn Baby
Bank Sitzbank Sitzplatz Sitzgelegenheit sitzen setzen ausruhen Lehne verweilen Rastplatz
alt älter Senior Seniorin Rentner Großmutter Oma Opa Großeltern betagt Rente Alter
Baum Straßenbaum pflanzen Schatten schattig kühlen Hitze heiß Sonne Sommer Begrünung begrünen Stadtgrün Grün gefällt
Wasser Trinkwasser Trinkbrunnen Brunnen Wasserspender Durst trinken auffüllen Wasserflasche Hitze
Müll Abfall Mülleimer Papierkorb Abfallbehälter Abfalleimer Tonne Dreck Schmutz vermüllt Vermüllung leeren \
  Sauberkeit wegwerfen
Sperrmüll Möbel Sofa Matratze Entsorgung entsorgen Müllkippe abladen abholen Abholung illegal Wertstoffhof
Hund Hundewiese Hundekot Leine Auslauf Freilauf Freilauffläche Haufen Tütenspender eingezäunt
Toilette WC Klo Örtchen Notdurft Sanitär
Park Grünanlage Grünfläche Wiese Stadtpark Ufer Spaziergang spazieren Erholung
Garten gärtnern Gärtnern Hochbeet Beet Gemüse Obst Tomate anbauen ernten essbar Gemeinschaftsgarten Kleingarten Brache
Internet WLAN Netz Hotspot surfen Datenvolumen online Funknetz
Glasfaser Breitband Breitbandausbau Leitung Internet schnell Homeoffice Videokonferenz Verbindung Netzausbau Funkloch
Amt Bürgeramt Bürgerservice Behörde Behördengang Meldestelle Rathaus Ausweis Personalausweis Reisepass Termin \
  Wartezeit Warteschlange Ummeldung
digital online elektronisch App Antrag Formular Internetseite Digitalisierung
Sprache verständlich verstehen einfach leicht Bescheid Formular Brief Behördendeutsch Amtsdeutsch Übersetzung \
  schwierig
Smartphone Handy Computer Tablet Technik erklären Kurs Sprechstunde Medienkompetenz Digitalkurs
Kita Kindergarten Krippe Kindertagesstätte Betreuung Kinderbetreuung Betreuungszeit Hort Tagesmutter \
  Kitaplatz Schicht Schichtarbeit
Jugendliche Jugend Teenager jung Jugendclub Jugendzentrum Jugendhaus Jugendtreff Treffpunkt Treff abhängen
skaten Skatepark Skateboard Skater Rampe Halfpipe BMX Roller Pumptrack Scooter
Musik Band Proberaum Bandraum Musiker Konzert Probe proben Schlagzeug Musikprobenraum Gitarre Chor
schwimmen Schwimmbad Schwimmhalle Freibad Hallenbad baden Schwimmkurs Becken Bad Schwimmzeit
Sport Turnhalle Sporthalle Halle Verein Sportverein Training trainieren Trainingszeit Hallenzeit Vereinssport
Fitness Fitnessgerät Trimm Bewegung Bewegungspark Gerät Calisthenics Stange trainieren Kraft Gleichgewicht \
  draußen Freien
Bibliothek Bücherei Stadtbücherei Buch Bücher lesen Bücherschrank Bücherbus Zweigstelle Lesesaal
Öffnungszeit öffnen offen geöffnet sonntags samstags länger geschlossen zu Wochenende
Werkzeug Bohrmaschine Nähmaschine Leiter Gerät ausleihen Ding Dinge Leihladen
reparieren Reparatur Werkstatt Reparaturcafé Repair Toaster wegwerfen Handwerk selbermachen
Leerstand leer leerstehend Laden Geschäft Ladenlokal Schaufenster Zwischennutzung Gewerbe Mieter Gründer
Markt Wochenmarkt regional Region Bauer Hof Erzeuger Landwirt Lebensmittel Obst Gemüse Käse Direktvermarktung
Solar Solaranlage Photovoltaik Solarmodul Balkonkraftwerk Dach Schuldach Strom Sonne Energie erzeugen
Heizung Wärme Fernwärme Wärmepumpe Energie Dämmung heizen sparen
Miete Wohnung Wohnraum Mieter wohnen bezahlbar Sozialwohnung Wohnungsbau Vermieter Sanierung leisten
Nachbarschaft Nachbar Nachbarschaftshilfe helfen Hilfe Ehrenamt Ehrenamtliche Freiwillige einkaufen \
  Einkaufshilfe Besuchsdienst
einsam Einsamkeit vereinsamen allein Besuch Gespräch Treff Kaffee Begegnung Stadtteiltreff
Pflege Pflegedienst Angehörige Arzt Praxis Gesundheit Klinik Krankenhaus krank
Kultur Theater Museum Kunst Künstler Kino Ausstellung Veranstaltung Festival Fest
Bürgerbeteiligung Mitsprache mitreden mitbestimmen Abstimmung Umfrage Bürgerhaushalt Transparenz
Fluss Bach Elster Hochwasser Überschwemmung Ufer Deich Regenwasser versickern
Brücke Steg Überführung Unterführung queren
Sicherheit sicher unsicher Angst Polizei Überwachung Kamera Vandalismus Graffiti gefährlich Gefahr
Zuwanderung Geflüchtete Flüchtling Migration Integration Sprachkurs Deutschkurs
Arbeit Arbeitsplatz Ausbildung Azubi Lehrstelle Studium Studierende Student Praktikum Betrieb
"""
MOST_TOLD = 3
"""Fields of one word; who says a word of more says nothing definite."""


def of(lexemes: str) -> tuple[int, ...]:
    """The fields, by number, to which a word belongs (its lexemes as `Dictionary.of` gives them)."""
    found = _fields()[0].get(lexemes, ())
    return found if len(found) <= MOST_TOLD else ()


def words_of(field: int) -> tuple[str, ...]:
    """The lexemes of all words of a field."""
    return _fields()[1][field]


def name(field: int) -> str:
    """The first word of a field."""
    return FIELDS.strip().splitlines()[field].split()[0]


@lru_cache(maxsize=1)
def _fields() -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, ...], ...]]:
    """Lexemes → fields, and field → lexemes. It follows from the list and the schema alone: kept for good."""
    lines = [line.split() for line in FIELDS.strip().splitlines()]
    dictionary = Dictionary("de")
    dictionary.look_up((), [word for line in lines for word in line])
    contents = tuple(tuple(dict.fromkeys(q for word in line if (q := dictionary.of(word)))) for line in lines)
    by_word: dict[str, tuple[int, ...]] = {}
    for number, queries in enumerate(contents):
        for query in queries:
            by_word[query] = (*by_word.get(query, ()), number)
    return by_word, contents
