"""Texts whose words are as frequent as in a language, for what is searched.

The words are made here, from syllables and from nouns of a city: 40,000 of them, many of them compounds, used as often
as words of a language are (Zipf and Mandelbrot: frequency falls with rank; function words take the first ranks). So a
few content words stand in nearly half of all documents and most words in very few. Nothing of it is copied.
"""

import bisect
import itertools
import random

VOCABULARY = 40_000
FUNCTION_WORDS = """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden
aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis
mehr durch man sein wurde""".split()  # noqa: SIM905 - a sentence is easier to read than a list
NOUNS = """Straße Laterne Schule Garten Markt Platz Brücke Park Haus Kinder Spiel Rad Weg Bahn Bus Wasser Licht Energie
Wärme Nachbar Verein Kultur Museum Theater Sport Halle Turm Bibliothek Bürger Rathaus Verkehr Ampel Baum Bank Fluss Ufer
Wald Wohnung Miete Handel Laden Arbeit Klima Luft Lärm Müll Sprache Kurs Jugend Alter Pflege Klinik Umwelt
Daten Stadt""".split()  # noqa: SIM905
SYLLABLES = """ba be bo da de do fa fe ga ge ha he ka ke ko la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si
so ta te ti to wa we wo zu bau dorf feld grund hain kamp lauf mark nuss quell rast stein tal""".split()  # noqa: SIM905


def vocabulary(chance: random.Random) -> list[str]:
    """Words by rank. Every third one is a compound of words before it."""
    found = dict.fromkeys(FUNCTION_WORDS)
    found.update(dict.fromkeys(NOUNS))
    nouns = list(NOUNS)
    while len(found) < VOCABULARY:
        if len(found) % 3 == 0:
            first, second = chance.choice(nouns[:4000]), chance.choice(nouns[:400])
            word = first + chance.choice(("", "s", "n")) + second.lower()
        else:
            word = "".join(chance.choices(SYLLABLES, k=chance.randrange(2, 5))).capitalize()
            nouns.append(word)
        if len(word) <= 30:
            found.setdefault(word)
    return list(found)


class Prose:
    """Texts whose words are as frequent as in a language."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = vocabulary(random.Random(1))
        self.sums = list(itertools.accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(self.words))))

    def text(self, count: int) -> str:
        picked = (bisect.bisect(self.sums, self.chance.random() * self.sums[-1]) for _ in range(count))
        return " ".join(self.words[min(rank, len(self.words) - 1)] for rank in picked)

    def noun(self) -> str:
        """A content word, frequent ones more often: what people look for."""
        while True:
            rank = bisect.bisect(self.sums, self.chance.random() * self.sums[-1])
            if len(FUNCTION_WORDS) <= rank < len(self.words):
                return self.words[rank]
