"""Groups of things that speak about the same, as a suggestion for people who order a whole topic store."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from allmende.core.actor import Viewer
from allmende.engines.search.models import Entry, Word
from allmende.engines.search.queries import clustering, fields, words
from allmende.engines.search.queries.asked import Dictionary, synonyms
from allmende.engines.search.queries.clustering import UNSPOKEN, Cluster

TITLE, TEXT = 2.0, 1.0
"""How much a word in the title counts, and one in the text."""
PART, OTHER, FIELD = 0.5, 0.4, 1.0
"""How much a part of a compound counts, a word that is no noun, and the field of words to which one belongs."""


def clusters[K: (UUID, str)](
    *, kind: str, keys: Sequence[K], viewer: Viewer, at: datetime, capability: str = "", fewest: int = 2
) -> list[Cluster[K]]:
    """Groups of at least `fewest` of these things, largest first, each with its key words as they are written.

    `keys` are ids of things of one kind; what this viewer may not see is left out, and what fits to nothing stands in
    no group. Nothing is decided by it: a person confirms. Three queries; two thousand ideas take some seconds.
    """
    by_id = {UUID(str(key)): key for key in keys}
    rows = Entry.objects.visible_to(viewer, at).filter(kind=kind, object_id__in=list(by_id)).order_by("object_id")
    if capability:
        rows = rows.filter(capability=capability)
    texts, shown = _terms(rows.values_list("object_id", "titles", "summaries", "bodies"))
    return _named({key: texts[id_] for id_, key in by_id.items() if id_ in texts}, shown, fewest)


def topics[K: (UUID, str)](texts: Mapping[K, str], *, fewest: int = 2) -> list[Cluster[K]]:
    """As `clusters`, of texts that are in no index, such as answers to an open question. `texts`: key → words."""
    found, shown = _terms((key, {}, {}, {"de": text}) for key, text in texts.items())
    return _named({key: found[key] for key in texts if key in found}, shown, fewest)


def _named[K: (UUID, str)](
    texts: Mapping[K, Mapping[str, float]], shown: Mapping[str, str], fewest: int
) -> list[Cluster[K]]:
    """The groups, with key words as people write them."""
    return [
        Cluster(one.keys, tuple(dict.fromkeys(shown[term] for term in one.words)), one.centre, one.alike)
        for one in clustering.group(texts, fewest=fewest)
    ]


@dataclass
class _Words:
    """How often the things use which words, folded, and how people write them."""

    counts: dict[Any, dict[str, float]] = field(default_factory=dict)
    written: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, id_: Any, texts: Mapping[str, Any], weight: float) -> None:
        counts = self.counts.setdefault(id_, defaultdict(float))
        for text in texts.values():
            for word in words.of_text(text):
                form = words.folded(word)
                counts[form] += weight
                self.written[form][word] += 1

    def weight(self, form: str) -> float:
        """What people always write with a capital letter is a noun, and names what they speak about."""
        written = self.written.get(form)
        return 1.0 if written is None or not any(word.islower() for word in written) else OTHER


def _terms(rows: Iterable[tuple[Any, Any, Any, Any]]) -> tuple[dict[Any, Mapping[str, float]], dict[str, str]]:
    """Thing → its terms, and term → how people write it. `rows`: key, titles, summaries, bodies."""
    found = _Words()
    for id_, titles, summaries, bodies in rows:
        found.add(id_, titles, TITLE)
        found.add(id_, bodies or summaries, TEXT)
    compound = Word.objects.filter(word__in=list(found.written)).exclude(parts="")
    parts = {word: apart.split() for word, apart in compound.values_list("word", "parts")}
    forms = sorted({*found.written, *(part for apart in parts.values() for part in apart)})
    dictionary = Dictionary("de")
    dictionary.look_up((), forms)
    terms = {form: _terms_of(dictionary.of(form), found.weight(form)) for form in forms}
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for form in forms:
        for term in terms[form]:
            names[term].update(found.written.get(form, {form: 0}))
    shown = {
        term: fields.name(int(term.removeprefix(UNSPOKEN)))
        if term.startswith(UNSPOKEN)
        else written.most_common(1)[0][0]
        for term, written in names.items()
    }
    vectors = {id_: _vector(counts, terms, parts) for id_, counts in found.counts.items()}
    return vectors, shown


def _terms_of(lexeme: str, weight: float) -> dict[str, float]:
    """The terms of a word: one for all that mean the same (the first by alphabet), and the fields it belongs to."""
    if not lexeme:
        return {}
    return {min([lexeme, *synonyms(lexeme)]): weight} | {f"{UNSPOKEN}{number}": FIELD for number in fields.of(lexeme)}


def _vector(
    counts: Mapping[str, float], terms: Mapping[str, Mapping[str, float]], parts: Mapping[str, Sequence[str]]
) -> Mapping[str, float]:
    """Term → how often: each word, and, for less, the parts of compounds."""
    vector: dict[str, float] = defaultdict(float)
    for form, often in counts.items():
        weighed = ((form, often), *((part, PART * often) for part in parts.get(form, ())))
        for one, share in weighed:
            for term, weight in terms[one].items():
                vector[term] += share * weight
    return vector
