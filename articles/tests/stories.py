"""People and stories for tests: made through the ordinary verbs, at moments the test gives."""

import datetime as dt

from django.contrib.auth.models import Group

from articles import publishing
from articles.models import Article, Author, Byline, Citation, Section, Source, User

NOON = dt.datetime(2025, 6, 9, 12, 0, tzinfo=dt.UTC)


def person(name, *groups):
    """A desk member of these groups, who may sign in to the admin; with no group, one without rights."""
    user, _ = User.objects.get_or_create(
        username=name,
        defaults={"display_name": name.title(), "is_staff": True, "email": f"{name}@desk.example"},
    )
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def section(name="World", **fields):
    return Section.objects.get_or_create(slug=name.lower(), defaults={"name": name, **fields})[0]


def author(name="Newsroom desk", **fields):
    return Author.objects.get_or_create(
        slug=name.lower().replace(" ", "-"), defaults={"name": name, **fields}
    )[0]


def source(title, **fields):
    return Source.objects.get_or_create(
        slug=title.lower().replace(" ", "-"), defaults={"title": title, **fields}
    )[0]


def write(headline="A bridge reopens", *, tags=(), bylines=(), sources=(), related=(), by=None, **fields):
    """A working copy, stamped. `bylines` are Authors, `sources` Sources (keys s1, s2 …), `related` Articles."""
    by = by or person("writer", "Reporters")
    fields.setdefault("body", f"<p>{headline}, as the desk reports it from the place itself.</p>")
    where = fields.pop("section", None) or section()
    article = Article.objects.create(headline=headline, created_by=by, section=where, **fields)
    article.tags.set(tags)
    for position, name in enumerate(bylines):
        Byline.objects.create(article=article, author=name, position=position)
    for position, record in enumerate(sources):
        Citation.objects.create(article=article, source=record, position=position)
    for position, other in enumerate(related):
        article.related_picks.create(related=other, position=position)
    article.stamp(by=by)
    return article


def published(headline="A bridge reopens", *, at=NOON, **fields):
    """A story that went live at that moment; returns its Edition."""
    article = write(headline, **fields)
    return publishing.publish(article, by=person("editor", "Editors"), now=at)


def rewrite(article, *, by=None, **fields):
    """Changes the working copy and stamps it, as saving in the admin does."""
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    article.stamp(by=by or person("writer", "Reporters"))
    return article
