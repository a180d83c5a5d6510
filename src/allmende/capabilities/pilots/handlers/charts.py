"""The chart of an indicator is drawn when something of it changes, outside of any transaction, once per language."""

from django.utils import formats, translation
from django.utils.translation import gettext as _

from allmende.capabilities.pilots.actions import keep_charts
from allmende.capabilities.pilots.models import Indicator
from allmende.capabilities.pilots.queries import indicators
from allmende.capabilities.pilots.rules.charts import Point, Spec, Words, spec_of
from allmende.capabilities.pilots.views.figures import figure
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.ui.charts import draw

LANGUAGES = ("de", "en")


def run(event: Stored) -> None:
    """A repeat draws the same. Without a value there is nothing to see yet."""
    found = indicators.by_id(event.ref.id)
    if found is None or not indicators.values_of(found):
        return
    drawn = draw([spec(found, language) for language in LANGUAGES])
    keep_charts(actor=SYSTEM, indicator_id=found.pk, charts=dict(zip(LANGUAGES, drawn, strict=True)))


def spec(indicator: Indicator, language: str) -> Spec:
    """The baseline is the first point, unless a value of that day says otherwise."""
    with translation.override(language):
        values = indicators.values_of(indicator)
        points = [Point(one.measured_on, float(one.value), figure(one.value)) for one in values]
        if points[0].day > indicator.baseline_on:
            points.insert(0, Point(indicator.baseline_on, float(indicator.baseline), figure(indicator.baseline)))
        target = Point(indicator.target_on, float(indicator.target), figure(indicator.target))
        last = max(target.day, points[-1].day)
        words = Words(
            formats.date_format(points[0].day, "M Y"),
            formats.date_format(last, "M Y"),
            _("Ziel: %(n)s") % {"n": target.say},
        )
        return spec_of(points, target, words)
