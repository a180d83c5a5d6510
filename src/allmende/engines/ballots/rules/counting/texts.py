"""The protocol in words, German and English. Data and not catalogues: the library is used without a framework too.

In a sentence `{votes:Stimme|Stimmen}` is the number with the word that fits it; options are named by their titles.
"""

from collections.abc import Mapping
from fractions import Fraction
from string import Formatter
from typing import TYPE_CHECKING, Any, override

if TYPE_CHECKING:
    from allmende.engines.ballots.rules.counting.election import Election, Number
    from allmende.engines.ballots.rules.counting.protocol import Fact, Options

PLACES = frozenset({"option", "other"})
"""Facts that are the place of one option."""

SENTENCES: dict[str, tuple[str, str]] = {
    "ballots": (
        "Gezählt: {ballots:Stimmzettel|Stimmzettel}, davon leer: {empty}.",
        "Counted: {ballots:ballot|ballots}, empty: {empty}.",
    ),
    "tie": (
        "Gleichstand: {options}. Nach der festgelegten Regel kommt {option} zuerst.",
        "A tie: {options}. By the declared rule {option} comes first.",
    ),
    "tie.last": (
        "Gleichstand am Ende: {options}. Nach der festgelegten Regel scheidet {option} aus.",
        "A tie at the end: {options}. By the declared rule {option} leaves.",
    ),
    "tie.stage": (
        "Gleichstand: {options}. Es entscheidet die letzte Runde, in der sie sich unterschieden: {option}.",
        "A tie: {options}. The latest round in which they differed decides: {option}.",
    ),
    "unwanted": ("{option} hat keine Stimme bekommen.", "{option} got no vote."),
    "exhausted": (
        "{votes:Stimmzettel nennt|Stimmzettel nennen} niemanden mehr, der noch im Rennen ist.",
        "{votes:ballot names|ballots name} nobody who is still in the race.",
    ),
    "approval.won": (
        "{option} ist gewählt, mit {total:Stimme|Stimmen}.",
        "{option} is elected, with {total:vote|votes}.",
    ),
    "approval.lost": ("{option}: {total:Stimme|Stimmen}, nicht gewählt.", "{option}: {total:vote|votes}, not elected."),
    "score.won": (
        "{option} ist gewählt, mit {total:Punkt|Punkten}.",
        "{option} is elected, with {total:point|points}.",
    ),
    "score.lost": ("{option}: {total:Punkt|Punkte}, nicht gewählt.", "{option}: {total:point|points}, not elected."),
    "borda.won": (
        "{option} ist gewählt, mit {total:Rangpunkt|Rangpunkten}.",
        "{option} is elected, with {total:rank point|rank points}.",
    ),
    "borda.lost": (
        "{option}: {total:Rangpunkt|Rangpunkte}, nicht gewählt.",
        "{option}: {total:rank point|rank points}, not elected.",
    ),
    "runoff.votes": ("{option}: {votes:Stimme|Stimmen}.", "{option}: {votes:vote|votes}."),
    "runoff.out": (
        "{option} hat die wenigsten Stimmen ({votes}) und scheidet aus. Diese Stimmen gehen an die nächste Wahl.",
        "{option} has the fewest votes ({votes}) and leaves. These votes move on to the next choice.",
    ),
    "runoff.won": (
        "{option} ist gewählt: {votes} von {counting:Stimme|Stimmen}, mehr als die Hälfte.",
        "{option} is elected: {votes} of {counting:vote|votes}, more than half.",
    ),
    "runoff.last": (
        "{option} ist als Einziges übrig und damit gewählt.",
        "{option} is the only one left and so is elected.",
    ),
    "stv.quota": (
        "{votes:gültige Stimme|gültige Stimmen} für {seats:Platz|Plätze}: Wer {quota:Stimme|Stimmen} hat, ist gewählt.",
        "{votes:valid vote|valid votes} for {seats:seat|seats}: whoever has {quota:vote|votes} is elected.",
    ),
    "stv.votes": ("{option}: {votes:Stimme|Stimmen}.", "{option}: {votes:vote|votes}."),
    "stv.elected": (
        "{option} ist gewählt, mit {votes:Stimme|Stimmen}.",
        "{option} is elected, with {votes:vote|votes}.",
    ),
    "stv.fills": (
        "{option} ist gewählt: Es sind nur noch so viele übrig wie Plätze.",
        "{option} is elected: only as many are left as there are seats.",
    ),
    "stv.surplus": (
        "{option} hat {votes:Stimme|Stimmen} zu viel. Alle Zettel gehen weiter, mit dem Anteil {ratio} ihres Werts.",
        "{option} has {votes:vote|votes} more than needed. All its papers move on with {ratio} of their value.",
    ),
    "stv.out": (
        "{option} hat die wenigsten Stimmen ({votes}) und scheidet aus. Diese Stimmen gehen an die nächste Wahl.",
        "{option} has the fewest votes ({votes}) and leaves. These votes move on to the next choice.",
    ),
    "stv.gains": ("{option} bekommt {votes:Stimme|Stimmen} dazu.", "{option} gains {votes:vote|votes}."),
    "stv.lost": (
        "{votes:Stimme findet|Stimmen finden} keine nächste Wahl oder fallen beim Abrunden weg, bisher zusammen {sum}.",
        "{votes:vote has|votes have} no next choice or are lost in rounding, {sum} so far.",
    ),
    "schulze.beats": (
        "{option} liegt vor {other}: {votes} zu {against}.",
        "{option} is ahead of {other}: {votes} to {against}.",
    ),
    "schulze.chain": (
        "{option} gegen {other}: direkt {votes} zu {against}, über die stärkste Kette {strength} zu {back}.",
        "{option} against {other}: directly {votes} to {against}, along the strongest chain {strength} to {back}.",
    ),
    "schulze.won": (
        "{option} ist gewählt: Nichts anderes liegt davor.",
        "{option} is elected: nothing else is ahead of it.",
    ),
    "greedy.taken": (
        "{option} kommt dazu: {score:Stimme|Stimmen}, Kosten {cost}. Danach bleiben {left}.",
        "{option} is taken: {score:vote|votes}, cost {cost}. That leaves {left}.",
    ),
    "greedy.passed": (
        "{option} passt nicht mehr: {score:Stimme|Stimmen}, Kosten {cost}, übrig sind {left}.",
        "{option} does not fit any more: {score:vote|votes}, cost {cost}, with {left} left.",
    ),
    "knapsack.invalid": (
        "Nicht gezählt, weil sie mehr als das Budget verplanen: {ballots:Stimmzettel|Stimmzettel}.",
        "Not counted, because they spend more than the budget: {ballots:ballot|ballots}.",
    ),
    "shares.free": ("{option} kostet nichts und kommt dazu.", "{option} costs nothing and is taken."),
    "shares.start": (
        "Das Budget wird auf {ballots:Stimmzettel|Stimmzettel} gleich verteilt: je {share}.",
        "The budget is split equally among {ballots:ballot|ballots}: {share} each.",
    ),
    "shares.grown.full": (
        "Damit das Budget gut genutzt wird, wächst jeder Anteil {times} Mal, auf {share}. Dann passt nichts mehr dazu.",
        "So that the budget is put to use, each share grows {times} times, to {share}. Then nothing more fits.",
    ),
    "shares.grown.over": (
        (
            "Damit das Budget gut genutzt wird, wächst jeder Anteil {times} Mal, auf {share}. "
            "Mit noch mehr würde das Budget überschritten."
        ),
        (
            "So that the budget is put to use, each share grows {times} times, to {share}. "
            "With more, the budget would be exceeded."
        ),
    ),
    "shares.bought": (
        "{option} kommt dazu. Kosten: {cost}. {people:Mensch teilt|Menschen teilen} sich das.",
        "{option} is taken. Cost: {cost}. {people:person shares|people share} it.",
    ),
    "shares.bought.short": (
        (
            "{option} kommt dazu. Kosten: {cost}. {people:Mensch teilt|Menschen teilen} sich das; "
            "bei {short:Mensch war|Menschen war} weniger übrig als dieser Teil, sie geben alles."
        ),
        (
            "{option} is taken. Cost: {cost}. {people:person shares|people share} it; "
            "{short:person has|people have} less left than that part and give all of it."
        ),
    ),
    "shares.unpaid": (
        "{option} nicht: Kosten {cost}; {people:Mensch möchte|Menschen möchten} es, zusammen übrig ist etwa {money}.",
        "Not {option}: cost {cost}; {people:person wants|people want} it, together about {money} is left.",
    ),
    "shares.topup": (
        "Es bleiben {left}. Davon kommt dazu, was die meisten Stimmen hat und noch passt:",
        "{left} is left. Of it is taken what has the most votes and still fits:",
    ),
    "phragmen.bought": (
        (
            "{option} kommt dazu: {votes:Mensch teilt|Menschen teilen} sich die Kosten, jeder trägt nun {load}. "
            "Danach bleiben {left}."
        ),
        "{option} is taken: {votes:person shares|people share} the cost, each now bears {load}. That leaves {left}.",
    ),
    "phragmen.end": (
        "Als Nächstes wäre {option} an der Reihe. Es kostet {cost}, übrig sind {left}: Die Zählung endet.",
        "Next would be {option}. It costs {cost}, with {left} left: the count ends.",
    ),
}

RULES: dict[str, tuple[str, str]] = {
    "approval": ("Zustimmung: die meisten Stimmen", "Approval: the most votes"),
    "score": ("Punkte: die meisten Punkte", "Score: the most points"),
    "borda": ("Rangpunkte (Borda)", "Rank points (Borda)"),
    "runoff": ("Stichwahl in einem Schritt", "Instant runoff"),
    "stv": ("Übertragbare Einzelstimme (Schottland 2007)", "Single transferable vote (Scotland 2007)"),
    "schulze": ("Paarweiser Vergleich (Schulze)", "Pairwise comparison (Schulze)"),
    "greedy": ("Budget nach den meisten Stimmen", "Budget by the most votes"),
    "knapsack": ("Budget nach ausgefüllten Budgets", "Budget by knapsack ballots"),
    "equal-shares": ("Budget nach gleichen Anteilen", "Budget by equal shares"),
    "phragmen": ("Budget nach Phragmén", "Budget by Phragmén"),
}

SETTINGS: dict[str, tuple[str, str]] = {
    "rule": ("Zählregel", "Rule"),
    "budget": ("Budget", "Budget"),
    "seats": ("Plätze", "Seats"),
    "tie": ("Bei Gleichstand", "In a tie"),
    "utility": ("Nutzen", "Utility"),
    "completion": ("Rest des Budgets", "Rest of the budget"),
    "listed": ("was auf dem Stimmzettel zuerst steht", "what stands first on the ballot paper"),
    "lot": ("Los mit der veröffentlichten Zahl „{seed}“", "lot with the published seed “{seed}”"),
    "cost": ("was ein Vorhaben kostet", "what a project costs"),
    "cardinality": ("jedes Vorhaben zählt gleich", "each project counts the same"),
    "none": ("bleibt übrig", "is left"),
    "add1": ("Anteile wachsen in Schritten von {increment}", "shares grow in steps of {increment}"),
    "add1u": (
        "Anteile wachsen in Schritten von {increment}, dann das Meistgewünschte",
        "shares grow in steps of {increment}, then the most wanted",
    ),
    "utilitarian": ("das Meistgewünschte, das noch passt", "the most wanted that still fits"),
}


def number(value: "Number", language: str) -> str:
    """Thousands apart, at most five decimals (STV's own precision; money has two); "≈" where that is not exact."""
    exact = Fraction(value)
    if exact.denominator == 1:
        text, about = f"{exact.numerator:,}", ""
    else:
        rounded = round(exact, 5)
        text = f"{float(rounded):,.5f}".rstrip("0").rstrip(".")
        about = "" if rounded == exact else "≈ "
    return about + (text.translate(str.maketrans(",.", ".,")) if language == "de" else text)


class _Words(Formatter):
    def __init__(self, language: str) -> None:
        self.language = language

    @override
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):
            return value
        said = number(value, self.language)
        if not format_spec:
            return said
        one, many = format_spec.split("|")
        return f"{said} {one if value == 1 else many}"


def sentence(code: str, facts: "Mapping[str, Fact]", election: "Election", language: str) -> str:
    """One step in words."""
    german, english = SENTENCES[code]
    opening, closing = ("„", "“") if language == "de" else ("“", "”")

    def title(place: int) -> str:
        return f"{opening}{election.options[place].title}{closing}"

    ready: dict[str, Any] = {}
    for name, fact in facts.items():
        if isinstance(fact, tuple):
            ready[name] = ", ".join(map(title, fact))
        elif name in PLACES and isinstance(fact, int):
            ready[name] = title(fact)
        else:
            ready[name] = fact
    return _Words(language).vformat(german if language == "de" else english, (), ready)


def settings(rule: str, options: "Options", election: "Election", language: str) -> list[tuple[str, str]]:
    """What was declared before the count."""
    side = 0 if language == "de" else 1
    budget = rule in {"greedy", "knapsack", "equal-shares", "phragmen"}
    rows = [(SETTINGS["rule"][side], RULES[rule][side])]
    rows.append(
        (SETTINGS["budget"][side], number(election.budget, language))
        if budget
        else (SETTINGS["seats"][side], number(1 if rule == "runoff" else options.seats, language))
    )
    if rule in {"equal-shares", "greedy"}:
        rows.append((SETTINGS["utility"][side], SETTINGS[options.utility][side]))
    if rule == "equal-shares":
        grows = SETTINGS[options.completion][side].format(increment=number(options.increment, language))
        rows.append((SETTINGS["completion"][side], grows))
    tie = SETTINGS.get(options.tie.name)
    rows.append((SETTINGS["tie"][side], tie[side].format(seed=options.tie.seed) if tie else options.tie.name))
    return rows
