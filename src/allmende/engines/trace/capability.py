"""The room of the Trace. Of persons it keeps pseudonyms only: who linked and who took back, as in the audit. Erasure
destroys what leads from there to a person (`accounts.PersonKey`), so nothing here has to be exported or erased; reasons
are sentences of staff for everyone to read, without names of persons.
"""

from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import EVERYONE, Manifest, NoticeRule, Page, Persona
from allmende.engines.trace import handlers, views
from allmende.engines.trace.events import EdgeLinked, EdgeRetracted

LINKERS = frozenset({Persona.MODERATOR, Persona.CLERK})

manifest = Manifest(
    name="trace",
    label=_("Spur"),
    summary=_("Woher kommt das, und was wurde daraus?"),
    urls="allmende.engines.trace.urls",
    prefix="spur/",
    api="allmende.engines.trace.api",
    pages=(
        Page("trace:ways", EVERYONE, cached=True, cache_query=frozenset({"order", "after"})),
        Page("trace:ways", EVERYONE, query="?order=longest"),
        Page(
            "trace:trace", EVERYONE, kwargs=views.thing_example, cached=True, cache_query=frozenset({"part", "after"})
        ),
        Page("trace:link", LINKERS, kwargs=views.thing_example, query="?q=Beleuchtung"),
        Page("trace:retract", LINKERS, kwargs=views.edge_example),
    ),
    notices=(
        NoticeRule(EdgeLinked.name, text=handlers.linked, followed=handlers.followed, owned=handlers.followed),
        NoticeRule(EdgeRetracted.name, text=handlers.retracted, followed=handlers.followed, owned=handlers.followed),
    ),
)
