from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Handler, Manifest
from allmende.journeys import answer_to_idea, finding_cited, idea_into_store, parts_of_projects

manifest = Manifest(
    name="journeys",
    label=_("Wege durch das Haus"),
    handlers=(
        Handler("journeys.idea_into_store", idea_into_store.EVENTS, idea_into_store.run),
        Handler("journeys.answer_to_idea", answer_to_idea.EVENTS, answer_to_idea.run),
        Handler("journeys.finding_cited", finding_cited.EVENTS, finding_cited.run),
    ),
    seed=parts_of_projects.seed,
    seed_order=300,
)
