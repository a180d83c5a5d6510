"""Age groups as people may state them, if they like to: coarse enough that nobody is known by theirs. Plain data."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy

from allmende.core.texts import Text


class AgeGroup(StrEnum):
    """A person's age, as coarse as it takes to see who is missing."""

    UNDER_16 = "under_16"
    FROM_16 = "16_25"
    FROM_26 = "26_40"
    FROM_41 = "41_64"
    FROM_65 = "65"


AGE_GROUPS: Mapping[AgeGroup, Text] = {
    AgeGroup.UNDER_16: gettext_lazy("unter 16 Jahre"),
    AgeGroup.FROM_16: gettext_lazy("16 bis 25 Jahre"),
    AgeGroup.FROM_26: gettext_lazy("26 bis 40 Jahre"),
    AgeGroup.FROM_41: gettext_lazy("41 bis 64 Jahre"),
    AgeGroup.FROM_65: gettext_lazy("65 Jahre und älter"),
}
