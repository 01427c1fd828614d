"""Rich text of people: what the editor offers, what is kept of it, and the plain words inside.

The only place where HTML from people is trusted. The editor's configuration and the cleaner's allow-list
are one: `EDITOR_EXTENSIONS` says what a body may hold, and every body passes `clean_html` before readers
see it, whatever way it came in. The module needs neither models nor settings.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import NamedTuple

import nh3
import regex
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_prose_editor.config import EXTENSION_MAPPING, html_tags

# What a news body needs. Levels 2 and 3 only, since the headline is the page's one h1; no link opens a
# window of its own. `Citation`, `Language` and `Picture` are ours: an inline atom that is written
# `<sup data-cite="s1"></sup>`, a mark `<span lang="fr">`, with `dir` where the script asks for it, and a
# block `<figure data-image="…"></figure>` that names a picture by its uid.
EDITOR_EXTENSIONS = {
    "Paragraph": True,
    "Heading": {"levels": [2, 3]},
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "HardBreak": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "SpecialCharacters": True,
    "Citation": True,
    "Language": True,
    "Picture": True,
    "Paste": True,
}

# The allow-lists of our own extensions, for DJANGO_PROSE_EDITOR_EXTENSIONS in the settings.
EDITOR_PROCESSORS = {
    "Citation": html_tags(["sup"], {"sup": ["data-cite"]}),
    "Language": html_tags(["span"], {"span": ["lang", "dir"]}),
    "Picture": html_tags(["figure"], {"figure": ["data-image"]}),
    "Paste": html_tags([]),  # it only cleans what is pasted
}

# Attributes whose value must have a form; one that has not is dropped.
_VALUES = {
    ("sup", "data-cite"): re.compile(r"s[1-9][0-9]*"),
    ("span", "lang"): re.compile(r"(?=.{2,35}\Z)[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"),
    ("span", "dir"): re.compile(r"ltr|rtl|auto"),
    ("figure", "data-image"): re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("ol", "start"): re.compile(r"-?[0-9]{1,5}"),
    ("ol", "type"): re.compile(r"[1AaIi]"),
    ("ol", "data-type"): re.compile(r"[a-z]{1,20}(?:-[a-z]{1,20})?"),
}
# Elements whose content is not words of the text. Of all others the words are kept.
_DROPPED_WITH_CONTENT = {
    "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "script",
    "style", "svg", "template", "title", "video",
}  # fmt: skip
_LISTS = {"ul", "ol"}
_BLOCKS = _LISTS | {"p", "h2", "h3", "li", "blockquote"}
# Blocks that a body may not hold: a figure only as a picture of ours, without content. Their words stay, and
# stay apart from those of their neighbours.
_FOREIGN_BLOCKS = {
    "address", "article", "aside", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h4", "h5", "h6", "header", "hr", "legend", "main", "nav",
    "option", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
_VOID = {"br", "hr"}
_MOST_PASSES = 8

# Neither HTML nor a feed's XML may hold these: controls, halves of surrogate pairs, noncharacters.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# These read only what nh3 wrote: well nested, attributes in double quotes, no `<` outside of tags.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s"=<>]+="[^"]*")*)>')
_MARKER = re.compile(r'<sup data-cite="(s[1-9][0-9]*)"></sup>')
_PICTURE = re.compile(r'<figure data-image="([0-9a-f-]{36})"></figure>')

# What a parser of HTML reads in good time, and the elements that end of themselves where the next one begins.
_DEEPEST = 300
_MOST_NO_BREAK_SPACES = 50_000
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_MARKUP = re.compile(r"<[^<>]*>")
_NEVER_NESTED = frozenset({
    "area", "base", "br", "col", "colgroup", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
})  # fmt: skip

_NO_BREAK_SPACES = "\u00a0\u2007\u202f"
_SPACE = rf"[^\S{_NO_BREAK_SPACES}]"
_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Yi}"
_SOUTH_EAST_ASIAN = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_UNSPACED = _IDEOGRAPHS + _SOUTH_EAST_ASIAN
_SPACES = regex.compile(rf"{_SPACE}+")
_GRAPHEME = regex.compile(r"\X")
_WORD = regex.compile(rf"(?:(?!{_SPACE}|[{_UNSPACED}])\X)+|(?!{_SPACE})\X")
# What may not stand before "…": stops, dashes, opening brackets, and quotes that open.
_LOOSE = regex.compile(r"[\s\p{Pd}\p{Ps}.,:;…/·•、。，．：；･・،؛]")
_QUOTE = regex.compile(r"""["'\p{Pi}\p{Pf}]""")
_BEFORE_OPENING = regex.compile(rf"[\s\p{{Pd}}\p{{Ps}}{_UNSPACED}]\X*")
_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


def _allow_list():
    """Return nh3's keywords for what the editor's extensions can make, as their processors tell it."""
    kept = {"tags": set(), "attributes": {}}
    processors = EXTENSION_MAPPING | EDITOR_PROCESSORS
    for extension, options in EDITOR_EXTENSIONS.items():
        processors[extension](options, kept)
    return kept


def _checked_value(tag, attribute, value):
    form = _VALUES.get((tag, attribute))
    return value if form is None or form.fullmatch(value) else None


def _checked_path(address):
    """Keep a path of this site; other relative addresses mean nothing in a feed or on another page."""
    return address if re.match(r"/(?![/\\])", address) else None


def _cleaner(*, extra_tags=frozenset()):
    """Return an nh3 cleaner for the editor's allow-list, and `extra_tags` without attributes.

    Every link gets rel="noopener" and no other: it costs nothing, while "nofollow" would disown the desk's
    own links and "noreferrer" is for the site's referrer policy to say.
    """
    kept = _allow_list()
    kept["tags"] |= extra_tags
    kept["attributes"]["a"].discard("rel")
    kept["attributes"]["*"] = set()  # else nh3 allows "lang" and "title" everywhere, in any form
    return nh3.Cleaner(
        **kept | {"link_rel": "noopener"},
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attribute_filter=_checked_value,
        url_relative=_checked_path,
    )


_KEEPS_STRUCTURE = _cleaner(extra_tags=_FOREIGN_BLOCKS)
_KEEPS_ALLOWED = _cleaner()


class _Tidying:
    """A walk over what nh3 wrote that does what an allow-list cannot say.

    Markers lose their content and stand behind the link they were in (they print as links themselves),
    what was written into a picture follows it, a span without language and a link without address or
    content lose their tags, and the words of neighbouring foreign blocks do not run together.
    """

    def __init__(self):
        self.written = []
        self.closings = []  # what each open element writes at its end
        self.markers_of_link = []
        self.marker_depth = None  # while inside a marker: how many elements were open before it
        self.is_after_text = self.is_apart = False

    def tidy(self, html):
        position = 0
        for tag in _TAG.finditer(html):
            self.text(html[position : tag.start()])
            position = tag.end()
            slash, name, attributes = tag.groups()
            if name in _BLOCKS or name in _FOREIGN_BLOCKS:
                self.enter_or_leave_block(name)
            if slash:
                self.close()
            else:
                self.open(name, attributes)
        self.text(html[position:])
        return "".join(self.written)

    def text(self, words):
        if words and self.marker_depth is None:
            if self.is_apart and self.is_after_text:
                self.written.append("\n")
            self.written.append(words)
            self.is_after_text, self.is_apart = True, False

    def enter_or_leave_block(self, name):
        """Note what a block's edge does to the text around it; a marker never reaches over one.

        So a marker that was never closed cannot swallow the rest of the story.
        """
        self.marker_depth = None
        if name in _BLOCKS:
            self.is_after_text = False
        else:
            self.is_apart = True

    def open(self, name, attributes):
        closing = self.opened(name, attributes)
        if name not in _VOID:
            self.closings.append(closing)

    def opened(self, name, attributes):
        """Write the start of an element, if it stays; return what to write at its end."""
        if name == "figure" and attributes:
            self.written.append(f"<figure{attributes}></figure>")
            self.is_after_text = self.is_apart = False
            return ""
        if self.marker_depth is not None or name in _FOREIGN_BLOCKS:
            return ""
        if name == "sup" and attributes:
            self.marker_depth = len(self.closings)
            is_in_link = "</a>" in self.closings
            (self.markers_of_link if is_in_link else self.written).append(f"<sup{attributes}></sup>")
            return ""
        if (name == "span" and " lang=" not in attributes) or (name == "a" and " href=" not in attributes):
            return ""
        self.written.append(f"<{name}{attributes}>")
        return f"</{name}>"

    def close(self):
        closing = self.closings.pop()
        if self.marker_depth == len(self.closings):
            self.marker_depth = None
        if closing == "</a>":
            self.close_link()
        else:
            self.written.append(closing)

    def close_link(self):
        if self.written[-1].startswith("<a "):
            self.written.pop()  # nothing is left in it to click on
        else:
            self.written.append("</a>")
        self.written += self.markers_of_link
        self.markers_of_link = []


def _is_blank(html):
    return "data-cite" not in html and not unescape(_TAG.sub("", html)).strip()


def _without_blank_end(html):
    """Drop paragraphs without words or marker, and white space, from the end."""
    end = len(html.rstrip())
    while html.endswith("</p>", 0, end):
        start = max(html.rfind("<p>", 0, end), 0)
        if not _is_blank(html[start:end]):
            break
        end = start
        while end and html[end - 1].isspace():
            end -= 1
    return html[:end]


def _cleaned_once(html):
    html = _NOT_TEXT.sub(lambda character: " " if character[0].isspace() else "", html).lstrip("\ufeff")
    tidied = _Tidying().tidy(_KEEPS_STRUCTURE.clean(html))
    return _KEEPS_ALLOWED.clean(_without_blank_end(tidied))


def clean_html(html: str) -> str:
    """Return the body with only what the editor can make, ready to be stored and to be printed.

    Disallowed tags lose the tag and keep their words; scripts, styles, comments and foreign content go
    altogether; attributes stay only where the editor writes them and in the form it writes. A marker
    comes back as exactly `<sup data-cite="s1"></sup>`: what stood in it is dropped. A picture comes back as
    exactly `<figure data-image="…"></figure>`, and what stood in it behind it. Blank paragraphs at the end
    are dropped, so an empty body is "". Characters of the text stay to the letter, save those that no HTML
    or XML may hold. Cleaning twice changes nothing: `clean_html(clean_html(x)) == clean_html(x)`.
    """
    html = _in_reach(html)
    for _pass in range(_MOST_PASSES):
        cleaned = _cleaned_once(html)
        if cleaned == html:
            return cleaned
        html = cleaned
    # Not reached by any nesting that has been found. What does not settle loses its markup, not its words.
    return _cleaned_once(f"<p>{_TAG.sub(' ', html)}</p>")


def _in_reach(html):
    """Return the body in a form that nh3 reads in good time.

    Its time grows with the square of the depth of nesting, and of the number of no-break spaces in one text: 80 KB
    of `<div>` take it half a second, 500 KB twenty. Nobody writes either; what is pasted so loses its markup, or its
    no-break spaces, and not its words.
    """
    if html.count("\u00a0") + html.count("&nbsp;") > _MOST_NO_BREAK_SPACES:
        html = html.replace("\u00a0", " ").replace("&nbsp;", " ")
    depth = 0
    for tag in _ANY_TAG.finditer(html) if html.count("<") > _DEEPEST else ():
        if tag[2].lower() not in _NEVER_NESTED:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEEPEST:
            return f"<p>{_MARKUP.sub(' ', html)}</p>"
    return html


def paragraphs_to_html(text: str) -> str:
    """Return plain text as a clean body: every line that is not blank becomes a `<p>`, to the letter."""
    lines = (line.strip(" \t") for line in text.splitlines() if line.strip())
    return clean_html("".join(f"<p>{escape(line)}</p>" for line in lines))


# Controls that no cleaned body holds stand for the breaks until all of them are known.
_PARAGRAPH, _ITEM, _LINE = "\x1d", "\x1e", "\x1f"
_BREAKS = re.compile(r" ?[\x1d-\x1f][ \x1d-\x1f]*")


def _breaks_for_tags():
    """Return a function for `_TAG.sub` that puts a break for each edge of a block; it follows one body."""
    depth = 0

    def break_for(tag):
        nonlocal depth
        slash, name, _attributes = tag.groups()
        if name == "br":
            return _LINE
        if name not in _BLOCKS and name != "figure":
            return ""
        depth -= name in _LISTS and bool(slash)
        kind = _ITEM if depth else _PARAGRAPH
        depth += name in _LISTS and not slash
        return kind

    return break_for


def _widest_break(breaks):
    if _PARAGRAPH in breaks[0]:
        return "\n\n"
    return "\n" if _ITEM in breaks[0] else "\n" * breaks[0].count(_LINE)


def plain_text(html: str) -> str:
    """Return the words of a body: blocks parted by a blank line, list items and `<br>` by a line's end.

    Inline markup leaves no space behind, entities are characters again, markers give nothing, and white
    space is folded as a browser does. Takes any HTML and reads what `clean_html` keeps of it.
    """
    text = _TAG.sub(_breaks_for_tags(), clean_html(html))
    return _BREAKS.sub(_widest_break, unescape(re.sub(r"[ \t\n]+", " ", text))).strip(" \n")


def _last_end(parts, text, *, room, is_cut):
    """Return where the last of the parts ends that fits in `room`; of a cut text its last part never does."""
    end = 0
    for part in parts.finditer(text):
        if part.end() > room or (is_cut and part.end() == len(text)):
            break
        end = part.end()
    return end


def _without_loose_end(text):
    graphemes = _GRAPHEME.findall(text)
    while graphemes:
        *before, last = graphemes
        opens = _QUOTE.fullmatch(last) and (not before or _BEFORE_OPENING.fullmatch(before[-1]))
        if not opens and not _LOOSE.fullmatch(last):
            break
        graphemes = before
    return "".join(graphemes)


def excerpt(text: str, *, limit: int = 118, is_cut: bool = False) -> str:
    """Return the beginning of a plain text on one line, at most `limit` characters with its "…".

    A text that fits is returned whole, without "…". `is_cut` says that the text itself stops in mid-word:
    its last word is always dropped, "…" always added, the limit is 120 at most, and a fragment under 40
    characters gives "". It ends at a word, or between graphemes in scripts without spaces and in a first
    word that is longer than the limit; where nothing fits the answer is "", never a bare "…".
    """
    text = _SPACES.sub(" ", text).strip(" ")
    if is_cut:
        limit = min(limit, 120)
        if len(text) < 40:
            return ""
    elif len(text) <= limit:
        return text
    end = _last_end(_WORD, text, room=limit - 1, is_cut=is_cut)
    if not end and not (is_cut and _WORD.fullmatch(text)):
        end = _last_end(_GRAPHEME, text, room=limit - 1, is_cut=is_cut)
    kept = _without_loose_end(text[:end])
    return f"{kept}…" if kept else ""


def markers(html: str) -> list[str]:
    """Return the keys that the body's markers name ("s2"), in the body's order, repeats kept."""
    return _MARKER.findall(clean_html(html))


def marker_counts(html: str) -> dict[str, int]:
    """Return how often each citation key is named in the body, for the links back from the sources."""
    return dict(Counter(markers(html)))


def rename_markers(html: str, names: Mapping[str, str]) -> str:
    """Return the body, cleaned, with the markers of these keys naming others, all at once: {"s3": "s4"}."""
    return _MARKER.sub(
        lambda marker: f'<sup data-cite="{names.get(marker[1], marker[1])}"></sup>', clean_html(html)
    )


_BLOCK_EDGE = re.compile(r"</?(?:p|h2|h3|li|ul|ol|blockquote|figure)(?: [^<>]*)?>")
_WORDS_SHOWN = 60  # characters before a marker that tell people which one is meant


class MarkerPlace(NamedTuple):
    """Where a source is cited first: the number of the paragraph, from 1, and the last words before the marker."""

    paragraph: int
    words_before: str


def marker_places(html: str) -> dict[str, MarkerPlace]:
    """Return where each citation key is named first. Headings and list items count as paragraphs, blank ones not."""
    found: dict[str, MarkerPlace] = {}
    pieces = [piece for piece in _BLOCK_EDGE.split(clean_html(html)) if not _is_blank(piece)]
    for number, piece in enumerate(pieces, start=1):
        for marker in _MARKER.finditer(piece):
            if marker[1] not in found:
                found[marker[1]] = MarkerPlace(number, _last_words(piece[: marker.start()]))
    return found


def _last_words(html):
    text = _SPACES.sub(" ", unescape(_TAG.sub("", html))).strip(" ")
    if len(text) <= _WORDS_SHOWN:
        return text
    start = len(text) - _WORDS_SHOWN
    at_word = text.find(" ", start - 1) + 1
    return f"…{text[at_word if 0 < at_word < len(text) else start :]}"


def print_markers(html: str, numbers: Mapping[str, int]) -> SafeString:
    """Return an edition's body as it is printed: each marker a link to its source, by the source's number.

    `html` is the body of an edition. Safe, because `clean_html` made it when the edition was made, and
    because only whole numbers and an escaped label are put in; give it nothing that did not pass there.
    The anchors are `cite-<number>-<occurrence>`, from 1. A marker whose key has no number is dropped.
    """
    occurrences: Counter[int] = Counter()

    def printed(marker):
        number = numbers.get(marker[1])
        if number is None:
            return ""
        occurrences[number] += 1
        label = escape(_("Source %(number)d") % {"number": number})
        anchor = f"cite-{number:d}-{occurrences[number]}"
        link = f'<a href="#source-{number:d}" id="{anchor}" aria-label="{label}">{number:d}</a>'
        return f'<sup class="cite">{link}</sup>'

    return mark_safe(_MARKER.sub(printed, html))  # noqa: S308 - see the docstring


def picture_uids(html: str) -> list[str]:
    """Return the uids of the pictures that stand in a body, in its order, each once."""
    if "data-image" not in html:
        return []
    return list(dict.fromkeys(_PICTURE.findall(clean_html(html))))


def print_pictures(html: SafeString, figures: Mapping[str, SafeString]) -> SafeString:
    """Return a body with its pictures as they are printed: `figures` gives the safe HTML of each by its uid.

    `html` is what `print_markers` made. A picture that is not among the figures leaves nothing behind.
    """
    printed = _PICTURE.sub(lambda picture: conditional_escape(figures.get(picture[1], "")), html)
    return mark_safe(printed)  # noqa: S308 - of a safe text, and what is put in is safe or escaped


def _without_marks(text):
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def fold(text: str) -> str:
    """Return a text as search compares it: no accents, case, ligatures or invisible characters, one space.

    Letters fall back to their plain forms ("Straße" gives "strasse", "ﬁn" gives "fin"). Folding twice changes
    nothing.
    """
    # Folding the case can bring marks back, as with "İ"; so they are dropped on both sides of it.
    folded = _without_marks(_without_marks(_IGNORABLE.sub("", text)).casefold())
    return " ".join(folded.split())


# The rest of a text longer than this cannot be found by its words: PostgreSQL's index of one row holds 1 MB.
_MOST_SEARCHED = 250_000
_LONGEST_SEARCHED = 100  # characters of one word; more is no word of any language
_SEARCHED_WORD = regex.compile(
    rf"(?=[\p{{L}}\p{{N}}])[{_UNSPACED}]\p{{M}}*|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}]\p{{M}}*)+"
)
_ASCII_WORD = re.compile("[a-z0-9]+")  # finds the same in what was folded to ASCII, and many times as fast
_SEARCHED = regex.compile(r"[\p{L}\p{N}]")
_DROPPED = regex.compile(r"\p{M}|\p{Default_Ignorable_Code_Point}")


@lru_cache(maxsize=4096)
def _folded_character(character):
    """What search compares of one character: nothing of a mark, a space of what parts words."""
    folded = fold(character)
    if _SEARCHED.search(folded):
        return folded
    return folded if _DROPPED.match(folded) else "" if _DROPPED.match(character) else " "


def _folded_with_places(text):
    """Return a text folded by the character, and for each of its own where in `text` it begins and ends."""
    folded = {character: _folded_character(character) for character in set(text)}
    if all(len(piece) == 1 for piece in folded.values()):  # nearly always, and many times as fast
        return text.translate(str.maketrans(folded)), range(len(text)), range(1, len(text) + 1)
    starts, ends = [], [index + 1 for index in range(len(text))]
    for index, character in enumerate(text):
        starts += [index] * len(folded[character])
    for index in reversed(range(len(text) - 1)):
        if not folded[text[index + 1]]:
            ends[index] = ends[index + 1]  # a letter's accents belong to it
    return "".join(folded[character] for character in text), starts, [ends[start] for start in starts]


def search_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a plain text as search compares them, each with where it stands: text[start:end].

    A word is a run of letters and digits, folded by `fold`; all else parts words, so that "HK$466.6" is
    three. In scripts that are written without spaces every letter is a word of its own, and what a reader
    types of them is a row of such words.
    """
    folded, starts, ends = _folded_with_places(text)
    for word in (_ASCII_WORD if folded.isascii() else _SEARCHED_WORD).finditer(folded):
        yield word[0][:_LONGEST_SEARCHED], starts[word.start()], ends[word.end() - 1]


def search_text(text: str) -> str:
    """Return the words of a plain text as search indexes them: folded, with one space between them.

    Everything that a database might read in a way of its own is gone, so all of them index the same words.
    """
    words = " ".join(word for word, _start, _end in search_words(text))
    return words if len(words) <= _MOST_SEARCHED else words[:_MOST_SEARCHED].rpartition(" ")[0]


def word_count(html: str) -> int:
    """Return how many words a body has, for the desk.

    Chinese and Japanese are counted by the character, as word processors do; Thai, Lao, Khmer and Burmese,
    which write no spaces either, at four graphemes a word. Dashes part words, marks alone are none.
    """
    text = plain_text(html)
    ideographs = len(regex.findall(rf"[{_IDEOGRAPHS}]", text))
    south_east_asian = len(regex.findall(rf"(?=[{_SOUTH_EAST_ASIAN}])\X", text))
    spaced = regex.sub(rf"[{_UNSPACED}]", " ", text)
    words = len(regex.findall(r"[\p{L}\p{N}][^\s–—]*", spaced))
    return words + ideographs + math.ceil(south_east_asian / 4)
