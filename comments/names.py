"""Names that only people of the desk may sign with, however they are spelt.

`skeleton` reduces a name to what the eye sees of it, after the idea of Unicode's UTS 39: two names that look alike
have the same skeleton. It need not be readable, and is compared with other skeletons only.
"""

import re
import unicodedata

from django.conf import settings
from django.db.models import Value

from articles.models import Author, User
from articles.models.json_rows import union_of
from articles.models.prepared import Prepared

# Letters that are drawn like Latin ones, from UTS 39's confusables; small ones, since case is folded first.
_DRAWN_LIKE = {
    "a": "аαɑ", "b": "ьвβ", "c": "сϲς", "d": "ԁ", "e": "еєεɛℯ℮", "g": "ɡց", "h": "һнհ", "i": "іιlɩ1|ӏ׀", "j": "јϳ",
    "k": "кκĸ", "m": "мμ", "n": "пηոռ", "o": "оοσօ0ه", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕ5ꜱ$", "t": "тτ",
    "u": "цυսʋ", "v": "ѵν", "w": "ԝωшա", "x": "хχ", "y": "уүγ", "z": "ᴢ",
}  # fmt: skip
_CAPITALS = str.maketrans("ΗΝΥ", "hny")  # whose small letters look like others
_LATIN = {ord(drawn): letter for letter, all_drawn in _DRAWN_LIKE.items() for drawn in all_drawn}
# What Unicode says in a letter's name of the plain letter it is drawn with: strokes, hooks, small capitals, boxes.
_DRAWN_WITH = re.compile(
    r"(?:NEGATIVE )?(?:LATIN|SQUARED|CIRCLED) .*?LETTER "
    r"(?:(?:SMALL CAPITAL|DOTLESS|SCRIPT|OPEN|BARRED) )?([A-Z])(?: WITH .*)?"
    r"|REGIONAL INDICATOR SYMBOL LETTER ([A-Z])"
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))  # two letters that read as one

# Who speaks for the desk by a word of the name, whatever stands beside it, and by the whole name.
ROLES = (
    "admin", "administrator", "administrators", "admins", "editor", "editors", "moderator", "moderators", "mod",
    "mods", "newsdesk", "newsroom", "subeditor", "webmaster", "editorial",
)  # fmt: skip
TITLES = (
    "desk", "the desk", "news desk", "sub-editor", "sub-editors", "editor-in-chief", "deputy editor", "staff",
    "editorial staff", "editorial team", "the editors", "moderation", "moderation team", "night desk", "site owner",
    "correspondent", "staff writer", "staff reporter", "readers’ editor", "ombudsman", "comments team", "system",
)  # fmt: skip


def skeleton(name):
    """What the eye sees of a name: without case, accents, spaces, marks and whatever has no width.

    "" where nothing of it is a letter or a digit.
    """
    small = unicodedata.normalize("NFKD", name).translate(_CAPITALS).casefold()
    plain = unicodedata.normalize("NFKD", small)
    drawn = "".join(map(_drawn, plain)).translate(_LATIN)
    seen = "".join(letter for letter in drawn if letter.isalnum())
    for pair, letter in _PAIRS:
        seen = seen.replace(pair, letter)
    return seen


def _drawn(letter):
    """The plain Latin letter that this one is drawn with; itself where there is none."""
    if letter.isascii() or ord(letter) in _LATIN:
        return letter
    found = _DRAWN_WITH.fullmatch(unicodedata.name(letter, ""))
    return (found[1] or found[2]).lower() if found else letter


_ROLES = frozenset(map(skeleton, ROLES))
_TITLES = frozenset(map(skeleton, TITLES)) | _ROLES


def speaks_for_the_desk(name, *, taken):
    """Whether a name looks like one of `taken`, the names of the desk's people, or like the word for one of them."""
    seen = skeleton(name)
    words = (skeleton(word) for word in re.split(r"[\W_]+", _without_invisibles(name)))
    is_titled = seen in _TITLES or any(word in _ROLES for word in words)
    return is_titled or (seen != "" and seen in map(skeleton, taken))


def _without_invisibles(name):
    return "".join(letter for letter in name if unicodedata.category(letter) not in ("Cf", "Mn", "Me"))


def names_of_the_desk():
    """The names that stand for the desk on this site: its own, its people's and its authors'. One query."""
    rows = _signed.rows()
    signed = (shown or f"{first} {last}".strip() or username for shown, first, last, username in rows)
    return [settings.SITE_NAME, *signed]


def _names_in_use():
    people = User.objects.filter(is_staff=True, is_active=True).order_by()
    return union_of(
        people.values_list("display_name", "first_name", "last_name", "username"),
        Author.objects.order_by().values_list("name", Value(""), Value(""), Value("")),
    )


_signed = Prepared(_names_in_use)
