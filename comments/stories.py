"""The stories that comments stand under, as readers know them: no word of a working copy is read."""

from django.db.models import OuterRef, Subquery

from articles.models import Edition


def once_live(*, at):
    """All Editions that had gone live by then, newest first: also of stories that were withdrawn since."""
    return Edition.objects.filter(live_from__lte=at).order_by("-number")


def with_headline(rows, *, at):
    """These rows, which have an `article`, with the `headline` of their story as it was read last."""
    once = once_live(at=at).filter(article=OuterRef("article"))
    return rows.annotate(headline=Subquery(once.values("headline")[:1]))


def with_story(rows, *, at):
    """These rows with the `headline` of their story, and with its `path`, None where it is not live."""
    live = Edition.objects.live(at=at).filter(article=OuterRef("article"))
    return with_headline(rows, at=at).annotate(path=Subquery(live.values("path")[:1]))
