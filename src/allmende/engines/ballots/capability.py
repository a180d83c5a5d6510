from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Manifest, PersonalData
from allmende.engines.ballots import actions, queries

manifest = Manifest(
    name="ballots",
    label=_("Abstimmung"),
    summary=_("Abstimmen und zählen, so dass es jeder nachrechnen kann."),
    api="allmende.engines.ballots.api",
    scopes=("ballots:write",),
    gates={"vote": queries.may_see},
    personal_data=(
        PersonalData(
            "ballot",
            _("Stimmen in laufenden Abstimmungen"),
            _("damit jeder Mensch eine Stimme hat und sie bis zum Ende ändern kann"),
            None,
            queries.own_ballots,
            actions.erase_ballots,
        ),
    ),
)
