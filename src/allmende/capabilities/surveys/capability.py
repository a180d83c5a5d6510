"""What surveys say of themselves."""

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.surveys import queries
from allmende.core.manifest import EVERYONE, Manifest, MenuItem, Page

manifest = Manifest(
    name="surveys",
    label=_("Umfragen"),
    summary=_("Fragen der Stadt beantworten, ohne Namen, und lesen, was herauskam."),
    urls="allmende.capabilities.surveys.urls",
    prefix="umfragen/",
    menu=(MenuItem(_("Umfragen"), "surveys:surveys", order=15),),
    pages=(Page("surveys:surveys", EVERYONE, cached=True),),
    gates={"survey": queries.may_see_survey},
)
