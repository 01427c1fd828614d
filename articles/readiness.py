"""Whether a story is ready to go live: what has to be fixed first, and what is worth another look.

`of(article, live_from=)` gives the whole list, in six queries at most. A `Fix` keeps the story from going
live: `articles.publishing` asks `fixes` and refuses. An `Advice` does not, and can be waved off with a note
(`wave_off`): it comes back when the words that it is about have changed. All rules read plain data.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from html import unescape
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import JSONObject, Left
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import proofreading, times, workflow
from articles.figures import Passage, disagreements
from articles.models import (
    Address,
    Article,
    Citation,
    DeskLogLine,
    Edition,
    Image,
    RelatedPick,
    WavedAdvice,
)  # fmt: skip
from articles.models.article import Stage
from articles.models.json_rows import JSONRows, union_of
from articles.rich_text import clean_html, markers, picture_uids, plain_text
from articles.times import moment_text

LONGEST_HEADLINE = 110  # characters; search engines and readers' devices cut what is longer
MOST_RELATED = 10  # stories whose figures are compared
READ_OF_RELATED = 2_000  # characters of each one's body: its opening paragraphs
MOST_LINKS = 200  # of a body that are looked up
MOST_NAMED = 4  # places that a sentence about figures names


@dataclass(frozen=True)
class Fix:
    """What keeps a story from going live. `where` names the place in the editor: `headline`, `body`, `image` …

    `depends_on_time`: another moment of going live would mend it, too.
    """

    sentence: str
    where: str = ""
    depends_on_time: bool = False


@dataclass(frozen=True)
class Advice:
    """What is worth another look. `key`, 64 characters, stays the same while the words that it is about do."""

    key: str
    sentence: str
    where: str = ""


@dataclass(frozen=True)
class Waved:
    """A piece of advice that somebody waved off: `record` says who, when and why."""

    advice: Advice
    record: WavedAdvice


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """The list: `fixes`, open `advice`, `waved` advice, and what is `done`, in words."""

    fixes: list
    advice: list
    waved: list
    done: list


@dataclass(frozen=True)
class CitedSource:
    """A row of the numbered source list."""

    key: str
    title: str
    url: str = ""


@dataclass(frozen=True)
class Related:
    """A story on the site that is near to this one."""

    headline: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the rules read of a working copy. `body` is cleaned HTML; all else is plain.

    `pictures` holds the lead picture and those in the body, `missing_pictures` counts those that are gone,
    `dead_links` are paths of ours in the body whose story is not on the site: {path: whether it ever was}.
    """

    headline: str = ""
    standfirst: str = ""
    body: str = ""
    is_cut: bool = False
    is_spiked: bool = False
    embargo_until: object = None
    sources: tuple = ()
    lead: Image | None = None
    pictures: tuple = ()
    missing_pictures: int = 0
    related: tuple = ()
    dead_links: dict = field(default_factory=dict)

    @cached_property
    def text(self):
        """The body's words, as `rich_text.plain_text` gives them."""
        return plain_text(self.body)

    @cached_property
    def cited(self):
        """The citation keys that the body's markers name, each once, in the body's order."""
        return list(dict.fromkeys(markers(self.body)))


class WavingRefused(ValidationError):
    """The advice cannot be waved off; `messages` says why, in sentences."""


def of(article, *, live_from):
    """The Readiness of a working copy for going live at that moment (aware)."""
    story = gather(article, live_from=live_from)
    waved = {record.key: record for record in article.waved_advice.select_related("by")}
    found = advice_for(story)
    fixed = fixes_for(story, live_from=live_from)
    return Readiness(
        fixes=fixed,
        advice=[advice for advice in found if advice.key not in waved],
        waved=[Waved(advice, waved[advice.key]) for advice in found if advice.key in waved],
        done=_done(story, fixed),
    )


def of_new():
    """The Readiness of a story of which nothing has been written yet."""
    story = Story()
    return Readiness(fixes=fixes_for(story, live_from=times.now()), advice=[], waved=[], done=[])


def fixes(article, *, live_from):
    """The list of Fix that keep the working copy from going live at that moment; two queries at most."""
    body = clean_html(article.body)
    keys = article.citations.values_list("key", flat=True) if markers(body) else []
    story = Story(**_of_article(article, body), sources=tuple(CitedSource(key, "") for key in keys))
    return fixes_for(story, live_from=live_from)


def keep_count(article, ready):
    """Keeps the number of open pieces of advice on the story, for the dashboard, wherever its list is shown.

    Saving does not count: advice hangs on other stories, too, and every save leads to a page with the list.
    """
    count = len(ready.advice)
    if article.advice_count != count:
        Article.objects.filter(pk=article.pk).update(advice_count=count)
        article.advice_count = count


@transaction.atomic
def wave_off(article, *, key, note, by, now=None):
    """Records that the open advice of this key does not apply, and a line of the desk's log; returns the record.

    Raises WavingRefused without a note, and where no such advice is open.
    """
    now, note = now or times.now(), note.strip()
    if not note:
        raise WavingRefused(_("Say why the advice does not apply."))
    longest = WavedAdvice._meta.get_field("note").max_length
    if len(note) > longest:
        raise WavingRefused(_("Shorten the note to %(longest)s characters or fewer.") % {"longest": longest})
    article = workflow.locked(article, at=now)
    advice = next((advice for advice in of(article, live_from=now).advice if advice.key == key), None)
    if not advice:
        raise WavingRefused(
            _("This advice is not open any more: the story has changed, or somebody waved it off.")
        )
    record = WavedAdvice.objects.create(
        article=article, key=key, sentence=advice.sentence, note=note, by=by, at=now
    )
    said = f"{advice.sentence} {note}"
    workflow.log(article, DeskLogLine.Action.WAVED_OFF, by=by, now=now, note=said)
    return record


# What has to be fixed


def fixes_for(story, *, live_from):
    """The list of Fix for a Story that goes live at that moment."""
    return [
        *([] if story.headline.strip() else [Fix(_("Enter a headline."), "headline")]),
        *_unwritten(story),
        *_markers_without_source(story),
        *_undescribed(story),
        *_unprintable(story, live_from),
        *_under_embargo(story, live_from),
        *([Fix(_("The story is spiked. Take it back before it is published."))] if story.is_spiked else []),
    ]


def _unwritten(story):
    is_written = story.is_cut or story.text.strip()
    return [] if is_written else [Fix(_("Write the story before it goes live."), "body")]


def _markers_without_source(story):
    known = {source.key for source in story.sources}
    sentence = _(
        "A marker in the body names the source “%(key)s”, which is not in the list of sources. "
        "Add the source, or remove the marker."
    )
    return [Fix(sentence % {"key": key}, "body") for key in story.cited if key not in known]


def _undescribed(story):
    sentence = _("The picture “%(picture)s” has no description. Enter one, or mark it as decoration only.")
    return [
        Fix(sentence % {"picture": picture}, _place_of(picture, story))
        for picture in story.pictures
        if not picture.is_decorative and not picture.alt.strip()
    ]


def _place_of(picture, story):
    return "image" if picture == story.lead else "body"


def _unprintable(story, live_from):
    """Pictures that are gone, and those that may not be shown any more at that moment."""
    gone = ngettext(
        "A picture in the body is gone. Take it out, or put another in its place.",
        "%(count)s pictures in the body are gone. Take them out, or put others in their place.",
        story.missing_pictures,
    ) % {"count": story.missing_pictures}
    ended = _("The rights in the picture “%(picture)s” end on %(when)s. Choose another picture.")
    return [Fix(gone, "body")] * bool(story.missing_pictures) + [
        Fix(
            ended % {"picture": picture, "when": moment_text(picture.rights_until)},
            _place_of(picture, story),
            depends_on_time=True,
        )
        for picture in story.pictures
        if picture.rights_until and picture.rights_until <= live_from
    ]


def _under_embargo(story, live_from):
    if not story.embargo_until or live_from >= story.embargo_until:
        return []
    sentence = _("The story is under embargo until %(when)s. Choose a later time, or lift the embargo.")
    return [Fix(sentence % {"when": moment_text(story.embargo_until)}, "embargo_until", depends_on_time=True)]


def _done(story, fixed):
    """What is in order, in words, for the list beside the story."""
    places = {fix.where for fix in fixed}
    done = []
    if story.headline.strip() and story.text.strip():
        done.append(_("headline and body"))
    if story.cited and not _markers_without_source(story):
        done.append(_("every marker has a source"))
    if story.pictures and not places & {"image"} and not story.missing_pictures and not _undescribed(story):
        done.append(_("every picture is described"))
    if not fixed:
        done.append(_("nothing keeps this story from going live"))
    return done


# What is worth another look


def advice_for(story):
    """The list of Advice for a Story."""
    return [
        *_about_headline(story),
        *_about_sources(story),
        *_about_figures(story),
        *_about_prose(story),
        *_about_end(story),
        *_about_links(story),
    ]


def _advice(kind, words, sentence, where):
    """Advice whose key is that of its kind and of the words it is about."""
    return Advice(sha256("\0".join([kind, *words]).encode()).hexdigest(), sentence, where)


def _about_headline(story):
    if len(story.headline) <= LONGEST_HEADLINE:
        return []
    sentence = _(
        "The headline has %(count)s characters, and is cut where others list it. Shorten it to %(most)s or fewer."
    ) % {"count": len(story.headline), "most": LONGEST_HEADLINE}
    return [_advice("headline", [story.headline], sentence, "headline")]


def _about_sources(story):
    without = {number: row for number, row in enumerate(story.sources, start=1) if not row.url}
    uncited = {number: row for number, row in enumerate(story.sources, start=1) if row.key not in story.cited}
    found = []
    if without:
        sentence = ngettext(
            "Source %(numbers)s has no address. Add it, so that readers can look there themselves.",
            "Sources %(numbers)s have no address. Add them, so that readers can look there themselves.",
            len(without),
        )
        found.append(_about_rows("address", without, sentence))
    if uncited:
        sentence = ngettext(
            "Source %(numbers)s is not cited in the body. Put its marker where it belongs, or remove the source.",
            "Sources %(numbers)s are not cited in the body. Put their markers where they belong, or remove them.",
            len(uncited),
        )
        found.append(_about_rows("uncited", uncited, sentence))
    return found


def _about_rows(kind, rows, sentence):
    """One piece of advice about several rows of the source list, {number: row}."""
    titles = sorted(row.title for row in rows.values())
    return _advice(kind, titles, sentence % {"numbers": _listed(rows)}, f"citations-{min(rows) - 1}")


def _listed(numbers):
    """Numbers as people write them: `1, 2 and 4`; three and more in a row as `1–3`."""
    runs = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [
        word
        for run in runs
        for word in ([f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(number) for number in run])
    ]
    *most, last = words
    return _("%(numbers)s and %(last)s") % {"numbers": ", ".join(most), "last": last} if most else last


def _about_figures(story):
    own = [("headline", story.headline), ("standfirst", story.standfirst), ("body", story.text)]
    story_says = [Passage(where=where, text=text) for where, text in own]
    others = [
        *(Passage(where=_("source %(number)s") % {"number": number}, text=row.title, is_same_story=True)
          for number, row in enumerate(story.sources, start=1)),
        *(Passage(where=f"“{proofreading.shortened(row.headline)}”", text=f"{row.headline}\n{row.text}")
          for row in story.related),
    ]  # fmt: skip
    return [_about_disagreement(found) for found in disagreements(story_says, others)]


def _about_disagreement(found):
    own_names = {"headline": _("headline"), "standfirst": _("standfirst"), "body": _("body")}
    places = {}
    for said in [found.own[0], *found.others, *found.agreeing]:
        where = own_names.get(said.passage.where, said.passage.where)
        places.setdefault((said.figure.words, where))
    figures = "; ".join(f"“{words}” ({where})" for words, where in list(places)[: MOST_NAMED + 1])
    sentence = _("These figures disagree: %(figures)s. Check which is right.") % {"figures": figures}
    return _advice("figures", sorted(found.words()), sentence, found.own[0].passage.where)


def _about_prose(story):
    text = story.text
    twice = _("A paragraph stands in the body twice: “%(words)s” Remove one of them.")
    again = _("The body says the same twice: “%(words)s”. Say it once.")
    mark = _("A quotation mark has no partner: %(words)s Close the quotation, or take the mark out.")
    kinds = [
        ("paragraph", proofreading.repeated_paragraphs(text), twice),
        ("claim", proofreading.repeated_claims(text), again),
        ("quotation", proofreading.unclosed_quotations(text), mark),
    ]
    return [
        _advice(kind, [words], sentence % {"words": _quoted(words, kind)}, "body")
        for kind, found, sentence in kinds
        for words in found
    ]


def _quoted(words, kind):
    return (
        words if kind == "claim" and len(words) < 2 * proofreading.QUOTED else proofreading.shortened(words)
    )


_LAST_PICTURES = re.compile(r"(?:\s*<figure [^>]*></figure>)+\Z")


def _about_end(story):
    """A body that ends in a list or a heading needs no full stop."""
    if _LAST_PICTURES.sub("", story.body).rstrip().endswith(("</ul>", "</ol>", "</h2>", "</h3>")):
        return []
    last = proofreading.end_without_stop(story.text)
    if not last:
        return []
    words = proofreading.shortened(last, at_end=True)
    if story.is_cut:
        sentence = _(
            "The body ends without a full stop: “%(words)s”. Readers are told that the captured text ends there."
        )
    else:
        sentence = _("The body ends without a full stop: “%(words)s”. See whether something is missing.")
    return [_advice("end", [last], sentence % {"words": words}, "body")]


def _about_links(story):
    withdrawn = _(
        "The body links to %(path)s, a story that was withdrawn. Link to another one, or remove the link."
    )
    unborn = _(
        "The body links to %(path)s, a story that is not on the site yet. Publish it first, or remove the link."
    )
    return [
        _advice("link", [path], (withdrawn if was_live else unborn) % {"path": path}, "body")
        for path, was_live in sorted(story.dead_links.items())
    ]


# Where the data come from


def gather(article, *, live_from):
    """The Story of a working copy as the rules read it, in five queries at most."""
    body = clean_html(article.body)
    rows = article.citations.select_related("source").order_by("position", "pk")
    return Story(
        **_of_article(article, body),
        sources=tuple(CitedSource(row.key, row.source.title, row.source.url) for row in rows),
        related=_related(article, at=live_from),
        dead_links=_dead_links(article, body, at=live_from),
    )


def _of_article(article, body):
    """What a Story takes from the article's own row, and its pictures, which cost one query where it has any."""
    uids = picture_uids(body)
    wanted = Q(pk=article.image_id) | Q(uid__in=uids)
    pictures = list(Image.objects.filter(wanted).order_by("pk")) if uids or article.image_id else []
    there = {str(picture.uid) for picture in pictures}
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "body": body,
        "is_cut": article.is_cut,
        "is_spiked": article.stage == Stage.SPIKED,
        "embargo_until": article.embargo_until,
        "lead": next((picture for picture in pictures if picture.pk == article.image_id), None),
        "pictures": tuple(pictures),
        "missing_pictures": sum(uid not in there for uid in uids),
    }


def _related(article, *, at):
    """The stories that the desk picked, of the same coverage, and of the same sources, newest first: two queries."""
    live = Edition.objects.live(at=at).exclude(article=article)
    picks = RelatedPick.objects.filter(article=article)
    itself = Article.objects.filter(pk=article.pk).exclude(coverage=None)
    citations = Citation.objects.filter(article=article)
    in_coverage = live.filter(coverage=OuterRef("coverage")).order_by("-published_at", "-article_id")
    citing = live.filter(source_rows__source=OuterRef("source"))
    citing = citing.order_by("-source_rows__published_at", "-article_id")
    rows = union_of(
        _near(1, "position", picks, live.filter(article=OuterRef("related"))),
        _near(2, Value(0), itself, in_coverage),
        _near(3, "position", citations, citing),
    )
    found = [near["pk"] for *_order, editions in sorted(rows, key=lambda row: row[:2]) for near in editions]
    chosen = list(dict.fromkeys(found))[:MOST_RELATED]
    read = live.annotate(beginning=Left("body", READ_OF_RELATED)).only("headline", "standfirst")
    editions = read.in_bulk(chosen)
    return tuple(_as_related(editions[pk]) for pk in chosen if pk in editions)


def _near(rank, position, rows, editions):
    """(rank, position, ids of the editions) for each of these rows that lead to editions."""
    ids = JSONRows(editions.values(row=JSONObject(pk="pk"))[:MOST_RELATED])
    return rows.order_by().values_list(Value(rank), position, ids)


def _as_related(edition):
    text = plain_text(edition.beginning)
    if len(edition.beginning) == READ_OF_RELATED:
        text = text[: max(text.rfind(". "), text.rfind("\n")) + 1]  # a figure cut in two would be another one
    return Related(edition.headline, f"{edition.standfirst}\n{text}")


_LINK = re.compile(r'<a href="([^"]+)"')
_STORY_PATH = re.compile(r"/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/?#]+/")


def _dead_links(article, body, *, at):
    """{path: whether it ever was live} of stories of ours that the body links to and that are not on the site then."""
    paths = [_path_of_ours(unescape(address)) for address in _LINK.findall(body)]
    wanted = list(dict.fromkeys(path for path in paths if path))[:MOST_LINKS]
    if not wanted:
        return {}
    editions = Edition.objects.filter(article=OuterRef("article"))
    addresses = (
        Address.objects.filter(path__in=wanted)
        .exclude(article=article)
        .annotate(is_live=Exists(editions.live(at=at)), was_live=Exists(editions.filter(live_from__lte=at)))
        .filter(is_live=False)
    )
    return dict(addresses.values_list("path", "was_live"))


def _path_of_ours(address):
    """The path of the story that an address of this site leads to, its history included; "" for all others."""
    found = _STORY_PATH.match(unquote(address.removeprefix(settings.SITE_URL)))
    return found[0] if found else ""
