"""Who makes a made-up archive, and what its stories are filed by: sections, tags, authors, sources, coverages.

Authors, sources and coverages are made in one go, so that their numbers follow each other.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.auth.hashers import make_password
from django.db import transaction

from articles.models import Article, Author, Coverage, Section, Source, Tag, User
from articles.models.slugs import slug_from
from articles.models.tags import tag_key
from articles.shown import EVERYTHING, changes
from newsroom.archive.plan import MODERATORS, WRITERS
from newsroom.archive.text import document_title, person, publisher_name, tag_name
from newsroom.archive.words import SECTIONS, TOPICS, VOCABULARIES
from newsroom.bulk_rows import Table, write


class ArchiveRefused(Exception):
    """The archive cannot be made here; the message says why, and what to do."""


def account_of(plan):
    """The name of the account that makes this archive. It keeps the arguments: a site has one archive."""
    return f"archive.{plan.articles}.{plan.comments}.{plan.seed}.{plan.until:%Y%m%d}"


@dataclass(kw_only=True)
class Desk:
    """The numbers and names of what stories are filed by, each in the order of its ranks.

    Authors, sources, coverages and stories have numbers that follow each other: `first_author` …
    """

    editor: int
    writers: list[int]
    moderators: list[int]
    sections: list[tuple[int, str]]
    tags: list[tuple[int, str]]
    first_author: int
    first_source: int
    first_coverage: int


@transaction.atomic
def desk_of(plan, *, is_beside_others):
    """The Desk of this archive, made if it is not there."""
    account = account_of(plan)
    begun = User.objects.filter(username__startswith="archive.").order_by("pk").first()
    if begun and begun.username != account:
        raise ArchiveRefused(_told(begun.username))
    if not begun:
        if Article.objects.exists() and not is_beside_others:
            raise ArchiveRefused(
                "This site has stories already, and an archive cannot be taken out again. Make it in an empty "
                "database (NEWSROOM_DATA_DIR=/path/to/another/folder), or say --beside-others."
            )
        _make_filing(plan, account)
        changes(EVERYTHING)
    people = dict(User.objects.filter(username__startswith="archive").values_list("username", "pk"))
    names = [tag_name(rank) for rank in range(plan.tag_count)]
    return Desk(
        editor=people[account],
        writers=[people[_writer(n)] for n in range(WRITERS)],
        moderators=[people[_moderator(n)] for n in range(MODERATORS)],
        sections=[Section.objects.values_list("pk", "slug").get(name=name) for name in SECTIONS],
        tags=[(tag.pk, tag.slug) for tag in Tag.objects.named(names)],
        first_author=Author.objects.get(slug=author_slug(0)).pk,
        first_source=Source.objects.get(slug=source_slug(0)).pk,
        first_coverage=Coverage.objects.get(slug=coverage_slug(0)).pk,
    )


def _told(account):
    _archive, articles, comments, seed, until = account.split(".")
    day = dt.datetime.strptime(until, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    return (
        "Another archive was begun here. Go on with it by the same arguments: "
        f"--articles {articles} --comments {comments} --seed {seed} --until {day}. Or make one in an empty database."
    )


def _writer(rank):
    return f"archive-writer-{rank + 1}"


def _moderator(rank):
    return f"archive-moderator-{rank + 1}"


def author_slug(rank):
    return f"archive-author-{rank + 1}"


def source_slug(rank):
    return f"archive-document-{rank + 1}"


def coverage_slug(rank):
    return f"archive-coverage-{rank + 1}"


def author_name(rank):
    return person(VOCABULARIES[rank % len(VOCABULARIES)], rank + 20)


def coverage_name(rank):
    return f"{TOPICS[rank % len(TOPICS)].capitalize()}, file {rank + 1}"


def source_row(plan, rank):
    """(title, publisher, publisher's slug, address, language, slug) of the source of that rank."""
    by = plan.publisher_of(rank)
    name = "" if by is None else publisher_name(by)
    slug, url = "", ""
    if by is not None:
        slug = slug_from(name, fallback="publisher")
        url = f"https://{slug}.example/documents/{rank + 1}" if rank % 4 else ""
    return document_title(rank), name, slug, url, "fr" if rank % 9 == 0 else "", source_slug(rank)


def _make_filing(plan, account):
    """Writes the accounts, which nobody can sign in with, and all that files stories."""
    people = [account, *map(_writer, range(WRITERS)), *map(_moderator, range(MODERATORS))]
    names = ["Archive", *(author_name(rank) for rank in range(WRITERS + MODERATORS))]
    User.objects.bulk_create(
        User(username=username, display_name=name, is_active=False, password=make_password(None))
        for username, name in zip(people, names, strict=True)
    )
    for position, name in enumerate(SECTIONS):
        Section.objects.get_or_create(name=name, defaults={"slug": name.lower(), "position": position})
    tags = [
        Tag(name=tag_name(rank), slug=slug_from(tag_name(rank), fallback="tag"))
        for rank in range(plan.tag_count)
    ]
    for tag in tags:
        tag.key = tag_key(tag.name)
    Tag.objects.bulk_create(tags, ignore_conflicts=True)
    authors = Table(Author, "name", "slug", "user_id")
    writers = (
        User.objects.filter(username__startswith="archive-writer-")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for rank in range(plan.author_count):
        authors.add(author_name(rank), author_slug(rank), writers[rank] if rank < WRITERS else None)
    coverages = Table(Coverage, "name", "slug")
    for rank in range(plan.coverage_count):
        coverages.add(coverage_name(rank), coverage_slug(rank))
    sources = Table(Source, "title", "publisher", "publisher_slug", "url", "language", "slug")
    for rank in range(plan.source_count):
        sources.add(*source_row(plan, rank))
    write([authors, coverages, sources])


@lru_cache(maxsize=10_000)
def source_as_read(plan, rank):
    """The source of that rank as an edition keeps it."""
    title, publisher, _slug_of_publisher, url, language, slug = source_row(plan, rank)
    return {"slug": slug, "title": title, "publisher": publisher, "url": url, "language": language}
