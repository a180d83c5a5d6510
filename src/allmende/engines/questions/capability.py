from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.core.manifest import Manifest, PersonalData
from allmende.engines.questions import actions


def _nobody(_person_id: UUID) -> Iterable[Mapping[str, Any]]:
    """Answers in progress are not tied to a person: only whoever holds the code finds them."""
    return ()


def _nothing(_person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - called so by erasure
    """There is nothing to find by a person."""


manifest = Manifest(
    name="questions",
    label=_("Fragebögen"),
    summary=_("Fragen stellen, die jeder beantworten kann, auch mit Pausen und auf Papier."),
    personal_data=(
        PersonalData(
            "sitting",
            _("Angefangene Antworten auf Fragebögen"),
            _("damit Sie später oder an einem anderen Gerät weitermachen können; ohne Ihren Namen, nur mit einem Code"),
            actions.KEPT,
            _nobody,
            _nothing,
            expire=actions.forget_old_sittings,
        ),
    ),
)
