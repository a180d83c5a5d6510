"""Open answers and the topics that they stand in, for the editors who order them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allmende.capabilities.surveys.models import Finding, Response, Topic
from allmende.engines.search import interface as search

ON_A_PAGE = 50
MOST_TEXTS = 20_000
LONGEST = 4_000
"""Characters of an answer that are looked at."""


def texts_of(finding: Finding) -> dict[str, str]:
    """Id of the answer → its words. One query; of very many the first by their random ids."""
    rows = Response.objects.filter(survey=finding.survey_id, answers__has_key=finding.variable).order_by("id")
    found = rows.values_list("id", f"answers__{finding.variable}")[:MOST_TEXTS]
    return {str(key): text[:LONGEST] for key, text in found if isinstance(text, str) and text.strip()}


def grouped(texts: Mapping[str, str]) -> "list[search.Cluster[str]]":
    """Groups of answers that speak about the same."""
    return search.topics(texts)


@dataclass(frozen=True)
class TopicBoard:
    """A question's topics, and the answers of the chosen one or of none."""

    topics: Sequence[Topic]
    chosen: Topic | None
    loose: int
    answers: Sequence[tuple[str, str]]
    next: int


def topic_board(finding: Finding, chosen: str, after: int) -> TopicBoard:
    """Two queries. `chosen`: a topic's id as text; empty: what stands in none."""
    topics = list(Topic.objects.filter(finding=finding))
    texts = texts_of(finding)
    taken = {member for topic in topics for member in topic.members}
    picked = next((topic for topic in topics if str(topic.pk) == chosen), None)
    keys = [key for key in picked.members if key in texts] if picked else [key for key in texts if key not in taken]
    page = keys[after : after + ON_A_PAGE]
    following = after + ON_A_PAGE if len(keys) > after + ON_A_PAGE else 0
    loose = sum(1 for key in texts if key not in taken)
    return TopicBoard(topics, picked, loose, [(key, texts[key]) for key in page], following)
