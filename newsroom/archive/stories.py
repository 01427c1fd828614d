"""The rows of made-up stories, with all that belongs to them: as the desk's verbs would have written them."""

import datetime as dt
import hashlib
import json
from functools import lru_cache

from django.utils import timezone

from articles.models import (
    Address,
    Article,
    ArticleTag,
    Byline,
    Citation,
    Correction,
    DeskLogLine,
    Edition,
    EditionAuthor,
    EditionRelated,
    EditionSource,
    EditionTag,
    RelatedPick,
    Withdrawal,
    WorkingWords,
)  # fmt: skip
from articles.models.article import State
from articles.models.edition import Change
from articles.models.slugs import slug_from
from articles.publishing import OPENING_LENGTH
from articles.rich_text import search_text
from newsroom.archive.filing import author_name, author_slug, coverage_slug, source_as_read
from newsroom.archive.text import Passage, body_of, plain_of, words_of
from newsroom.bulk_rows import Table, as_moment, as_uid, tables_of, write

NOTHING = Passage("", "")
REASON = "It was taken off the site at the request of the people it is about."


class StoryBatch:
    """The rows of some stories, with all that belongs to them: as the desk's verbs would have written them."""

    def __init__(self, plan, desk):
        self.plan, self.desk = plan, desk
        self.articles = Table(
            Article, "uid", "headline", "standfirst", "body", "language", "kind", "section_id", "coverage_id",
            "slug", "stage", "published_at", "withdrawn_at", "version", "advice_count", "fingerprint",
            "read_fingerprint", "created_by_id", "created_at", "updated_by_id", "updated_at",
        )  # fmt: skip
        self.editions = Table(
            Edition, "article_id", "number", "path", "headline", "standfirst", "body", "opening", "language",
            "kind", "bylines", "sources", "section_id", "coverage_id", "change", "published_at", "updated_at",
            "live_from", "live_until", "made_by_id", "made_at", "fingerprint", "search_text",
        )  # fmt: skip
        self.words = Table(WorkingWords, "search_text")
        self.tags = Table(ArticleTag, "content_object_id", "tag_id")
        self.bylines = Table(Byline, "article_id", "author_id", "position")
        self.citations = Table(Citation, "article_id", "source_id", "key", "position")
        self.picks = Table(RelatedPick, "article_id", "related_id", "position")
        self.read_tags = Table(EditionTag, "edition_id", "tag_id", "published_at", "position")
        self.read_authors = Table(EditionAuthor, "edition_id", "author_id", "published_at", "position")
        self.read_sources = Table(EditionSource, "edition_id", "source_id", "key", "published_at", "position")
        self.read_picks = Table(EditionRelated, "edition_id", "related_id", "position")
        self.addresses = Table(Address, "path", "article_id")
        self.corrections = Table(Correction, "edition_id", "wrong_edition_id", "was", "now")
        self.withdrawals = Table(
            Withdrawal, "article_id", "withdrawn_at", reason=REASON, withdrawn_by_id=desk.editor
        )
        self.log = Table(
            DeskLogLine, "article_id", "at", "action", "before", "after", "note", by_id=desk.editor
        )
        self.first_article = self._first_article()

    def write(self):
        write(tables_of(self))

    def _first_article(self):
        """The number of the archive's first story: the others follow it."""
        first = Article.objects.filter(uid=self.plan.uid("story", 0)).values_list("pk", flat=True).first()
        return first or self.articles.next_number

    def add(self, number):
        story, texts = self.plan.story(number)
        filing = Filing(self.plan, self.desk, story, first_article=self.first_article)
        slug = f"{_slug(texts[0].headline.plain)}-{number + 1}"
        prints = [filing.fingerprint(text, slug) for text in texts]
        article = self._add_article(story, texts[-1], slug, filing, prints[-1])
        day = timezone.localtime(dt.datetime.fromtimestamp(story.published_at, dt.UTC))
        path, last = f"/{day:%Y/%m/%d}/{slug}/", None
        for text, version, print_ in zip(texts, story.versions, prints, strict=bool(story.versions)):
            last = self._add_edition(article, story, text, version, path, filing, print_, last=last)
        if story.versions:
            self.addresses.add(path, article)
        if story.withdrawn_at:
            at = as_moment(story.withdrawn_at)
            self.withdrawals.add(article, at)
            self.log.add(article, at, "withdrawn", State.LIVE, State.WITHDRAWN, REASON)

    def _add_article(self, story, text, slug, filing, fingerprint):
        standfirst, read = text.standfirst, fingerprint if story.versions else None
        if story.is_changed:
            standfirst, fingerprint = NOTHING, filing.fingerprint(text, slug, standfirst="")
        changed_at = as_moment(story.versions[-1].live_from if story.versions else story.published_at)
        article = self.articles.add(
            as_uid(story.uid), text.headline.plain, standfirst.plain, filing.body(text), story.vocabulary.code,
            story.kind, filing.section[0], filing.coverage, slug if story.versions else "", story.stage,
            as_moment(story.published_at) if story.versions else None,
            as_moment(story.withdrawn_at) if story.withdrawn_at else None,
            max(len(story.versions), 1), story.advice_count, fingerprint, read, filing.writer,
            as_moment(story.published_at - 7_200), filing.writer, changed_at,
        )  # fmt: skip
        if fingerprint != read or story.withdrawn_at:
            words = [text.headline.words, standfirst.words, words_of(text.paragraphs)]
            self.words.add_as(article, " ".join(filter(None, words)))
        for tag, _slug_of_tag in filing.tags:
            self.tags.add(article, tag)
        for position, author in enumerate(filing.authors):
            self.bylines.add(article, author, position)
        for position, (key, source) in enumerate(filing.sources):
            self.citations.add(article, source, key, position)
        for position, related in enumerate(filing.picks):
            self.picks.add(article, related, position)
        return article

    def _add_edition(self, article, story, text, version, path, filing, fingerprint, *, last):
        """Adds the edition of that version; returns (its number among editions, version's number, updated at)."""
        number = last[1] + 1 if last else 1
        published_at, live_from = as_moment(story.published_at), as_moment(version.live_from)
        updated_at = live_from if last and version.change != Change.MINOR else last and last[2]
        edition = self.editions.add(
            article, number, path, text.headline.plain, text.standfirst.plain, filing.body(text),
            _opening(story.vocabulary, text), story.vocabulary.code, story.kind, filing.bylines_as_read,
            filing.sources_as_read, filing.section[0], filing.coverage, version.change, published_at, updated_at,
            live_from, version.live_until and as_moment(version.live_until), self.desk.editor, live_from,
            fingerprint, filing.search_text(text),
        )  # fmt: skip
        self._file(edition, published_at, filing)
        before = State.LIVE if last else State.APPROVED
        self.log.add(article, live_from, "published", before, State.LIVE, "")
        if version.change == Change.CORRECTION:
            was, now = _was_and_now(story.vocabulary, text)
            self.corrections.add(edition, last[0], was, now)
        return edition, number, updated_at

    def _file(self, edition, published_at, filing):
        for position, (tag, _slug_of_tag) in enumerate(filing.tags):
            self.read_tags.add(edition, tag, published_at, position)
        for position, author in enumerate(filing.authors):
            self.read_authors.add(edition, author, published_at, position)
        for position, (key, source) in enumerate(filing.sources):
            self.read_sources.add(edition, source, key, published_at, position)
        for position, related in enumerate(filing.picks):
            self.read_picks.add(edition, related, position)


@lru_cache(maxsize=5_000)
def _words_of(name):
    return search_text(name)


@lru_cache(maxsize=20_000)
def _slug(headline):
    return slug_from(headline, fallback="story")


def _opening(vocabulary, text):
    return plain_of(vocabulary, text.paragraphs)[:OPENING_LENGTH]


def _was_and_now(vocabulary, text):
    """What a correction says: the corrected sentence is the first of the last paragraph."""
    now = text.paragraphs[-1][0].plain
    was = now.partition(vocabulary.comma)[0] + vocabulary.stop
    return was[:500], now[:500]


class Filing:
    """What files one story, by the numbers and names in the database: see StoryBatch."""

    def __init__(self, plan, desk, story, *, first_article):
        self.plan, self.story, self.bodies = plan, story, {}
        self.section = desk.sections[story.section]
        self.coverage = None if story.coverage is None else desk.first_coverage + story.coverage
        self.tags = list(dict.fromkeys(desk.tags[rank] for rank in story.tags))
        self.authors = [desk.first_author + rank for rank in story.authors]
        self.keys = [f"s{number}" for number in range(1, len(story.sources) + 1)]
        numbers = [desk.first_source + rank for rank in story.sources]
        self.sources = list(zip(self.keys, numbers, strict=True))
        self.picks = [first_article + number for number in story.picks]
        self.writer = desk.writers[story.writer]
        self.names = [(author_slug(rank), author_name(rank)) for rank in story.authors]
        self.rows = [source_as_read(plan, rank) for rank in story.sources]
        self.bylines_as_read = json.dumps(
            [{"name": name, "role": "", "slug": slug} for slug, name in self.names]
        )
        rows = zip(self.keys, self.rows, strict=True)
        self.sources_as_read = json.dumps([{"key": key} | row for key, row in rows])

    def body(self, text):
        """The body of one of its texts as HTML, made once."""
        if id(text) not in self.bodies:
            self.bodies[id(text)] = body_of(self.story.vocabulary, text.paragraphs, self.keys)
        return self.bodies[id(text)]

    def search_text(self, text):
        names = [_words_of(name) for _slug_of_author, name in self.names]
        return " ".join([text.headline.words, text.standfirst.words, words_of(text.paragraphs), *names])

    def fingerprint(self, text, slug, *, standfirst=None):
        """What `Article.working_fingerprint` makes of the story once it is there."""
        story = self.story
        content = [
            text.headline.plain, text.standfirst.plain if standfirst is None else standfirst, self.body(text),
            story.vocabulary.code, story.kind, False, slug if story.versions else "", self.section[1],
            None if story.coverage is None else coverage_slug(story.coverage), None,
            [tag_slug for _tag, tag_slug in self.tags],
            [[author, name, ""] for author, name in self.names],
            [[key, *(row[name] for name in ("slug", "title", "publisher", "url", "language"))]
             for key, row in zip(self.keys, self.rows, strict=True)],
            [str(self.plan.uid("story", number)) for number in story.picks],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
