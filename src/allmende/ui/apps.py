from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import trans_real


class UiConfig(AppConfig):
    name = "allmende.ui"
    label = "ui"

    def ready(self) -> None:
        """Makes one catalogue of each language."""
        for code, _name in settings.LANGUAGES:
            merge(trans_real.translation(code))


def merge(translation: trans_real.DjangoTranslation) -> int:
    """Puts the catalogues of all rooms into one; returns how many are left.

    Django keeps those with other plural forms apart, and by a slip all others as well (`TranslationCatalog.update`
    compares code with a function): each word of a page was looked for in thirty dictionaries. Merged are those whose
    plurals agree with the first one's; the order, and with it who wins, stays.
    """
    catalogue = translation._catalog  # type: ignore[attr-defined]
    catalogs, plurals = catalogue._catalogs, catalogue._plurals
    first = plurals[0]
    alike = [all(plural(n) == first(n) for n in range(200)) for plural in plurals]
    if not all(alike):
        return len(catalogs)
    words: dict[object, str] = {}
    for catalog in reversed(catalogs):
        words.update(catalog)
    catalogue._catalogs, catalogue._plurals = [words], [first]
    return 1
