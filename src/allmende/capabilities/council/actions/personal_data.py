"""What the room knows of people with an account: that a member of the council is they.

Names and functions of members stand in public papers and stay: they are the council's record, kept as the law on public
meetings asks (ThürKO §§ 35, 40). The tie to an account goes with the account.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.council.models import Invited, Person, Presence, Recusal
from allmende.core.manifest import PersonalData


def export_ties(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    for one in Person.objects.filter(account=person_id):
        yield {"name": one.name, "address": one.path}
        present = Presence.objects.filter(person=one).select_related("attendance__meeting")
        for row in present.order_by("attendance__meeting__start"):
            yield {"present_at": row.attendance.meeting.name, "since": row.since, "until": row.until}
        for recusal in Recusal.objects.filter(person=one).select_related("item").order_by("item__created"):
            yield {"took_no_part_in": str(recusal.item)}
        invited = Invited.objects.filter(person=one).select_related("invitation__meeting")
        for asked in invited.order_by("invitation__sent_at"):
            yield {"invited_to": asked.invitation.meeting.name, "sent": asked.invitation.sent_at}


def erase_ties(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    Person.objects.filter(account=person_id).update(account=None)


PERSONAL_DATA = (
    PersonalData(
        "council_member",
        _("Wer im Stadtrat sitzt und hier ein Konto hat"),
        _("damit Mitglieder des Stadtrats im Portal als solche handeln können"),
        None,
        export_ties,
        erase_ties,
    ),
)
