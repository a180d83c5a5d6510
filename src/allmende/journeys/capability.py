from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Handler, Manifest
from allmende.journeys import (
    answer_to_idea,
    assets_on_map,
    council_decides_contest,
    council_decides_pilot,
    finding_cited,
    idea_into_store,
    indicator_of_pilot,
    part_of_paper,
    parts_of_projects,
    pattern_into_store,
)

manifest = Manifest(
    name="journeys",
    label=_("Wege durch das Haus"),
    handlers=(
        Handler("journeys.idea_into_store", idea_into_store.EVENTS, idea_into_store.run),
        Handler("journeys.answer_to_idea", answer_to_idea.EVENTS, answer_to_idea.run),
        Handler("journeys.assets_on_map", assets_on_map.EVENTS, assets_on_map.run, queue="bulk"),
        Handler("journeys.finding_cited", finding_cited.EVENTS, finding_cited.run),
        Handler("journeys.council_decides_pilot", council_decides_pilot.EVENTS, council_decides_pilot.run),
        Handler("journeys.council_decides_contest", council_decides_contest.EVENTS, council_decides_contest.run),
        Handler("journeys.part_of_paper", part_of_paper.EVENTS, part_of_paper.run),
        Handler("journeys.pattern_into_store", pattern_into_store.EVENTS, pattern_into_store.run),
        Handler("journeys.indicator_of_pilot", indicator_of_pilot.EVENTS, indicator_of_pilot.run),
    ),
    seed=parts_of_projects.seed,
    seed_order=300,
)
