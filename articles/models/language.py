"""Languages of stories: codes, names, writing direction, and when a page has to say which one it is."""

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles.kept import kept


def language_choices():
    """(code, name) of every language Django knows, by name; regional forms only where there is no other."""
    plain = {
        code: info
        for code, info in LANG_INFO.items()
        if "name" in info and ("-" not in code or "name" not in LANG_INFO.get(code.partition("-")[0], {}))
    }
    # By texts: lazy ones would be translated anew for each comparison.
    return sorted(
        ((code, gettext_lazy(info["name"])) for code, info in plain.items()), key=lambda row: str(row[1])
    )


def language_names():
    """`language_choices` in the language of the page, as pairs of texts: it takes a while to sort them."""
    return kept(
        ("languages", get_language()), lambda: tuple((code, str(name)) for code, name in language_choices())
    )


def site_language():
    """The site's own language without its region: `en` where LANGUAGE_CODE is `en-gb`."""
    return settings.LANGUAGE_CODE.partition("-")[0]


class InALanguage:
    """What a record with a `language` column tells templates. Empty strings where it is the site's own."""

    language: str

    @property
    def is_foreign(self):
        """Whether its words are in another language than the site's."""
        return bool(self.language) and self.language.partition("-")[0] != site_language()

    @property
    def lang(self):
        """The value of a `lang` attribute, or "" where none is needed."""
        return self.language if self.is_foreign else ""

    @property
    def dir(self):
        """`rtl` or `ltr` where the direction differs from the site's, else ""."""
        mine, sites = (
            LANG_INFO.get(code, {}).get("bidi", False) for code in (self.language, site_language())
        )
        return ("rtl" if mine else "ltr") if self.is_foreign and mine != sites else ""

    @property
    def language_name(self):
        """The language's name in the site's language, such as “French”."""
        return _(LANG_INFO.get(self.language, {}).get("name", self.language))
