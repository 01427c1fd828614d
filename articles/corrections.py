"""The public corrections, with what pages, feeds and machines tell of them."""

from django.db.models import Case, F, OuterRef, When

from articles.models import Correction, Edition
from articles.models.asked import AskedOfEach
from articles.models.edition import Change
from articles.shown import CORRECTIONS, shows

# The numbers of the two versions that a correction lies between. `wrong_number` is None where either of them was
# redacted: then there is nothing left to compare.
COMPARED = {
    "number": F("edition__number"),
    "wrong_number": Case(
        When(edition__redacted_at=None, wrong_edition__redacted_at=None, then=F("wrong_edition__number"))
    ),
}


def corrections_told(*, at):
    """The public corrections, newest first, each with `made_at`, `article_id`, `number` and `wrong_number`."""
    shows(CORRECTIONS)
    rows = Correction.objects.public(at=at)
    return rows.annotate(made_at=F("edition__live_from"), article_id=F("edition__article"), **COMPARED)


def moments_told(*, at):
    """The moments (aware) of the public corrections, newest first, each once for all that an edition put right.

    Asked of the editions: an index has those that correct in that order, and PostgreSQL takes for rare what is joined
    with them.
    """
    told = AskedOfEach(Correction.objects.filter(edition=OuterRef("pk")))
    editions = Edition.objects.once_live(at=at).filter(told, change=Change.CORRECTION)
    return editions.order_by("-live_from", "-pk").values_list("live_from", flat=True)


def with_stories(rows, *, at):
    """Those of the rows whose story is live, each with it as `story`: path, headline, language. One query."""
    stories = Edition.objects.live(at=at).filter(article__in={row.article_id for row in rows})
    stories = stories.only("article", "path", "headline", "language").annotate(uid=F("article__uid"))
    stories = {story.article_id: story for story in stories}
    for row in rows:
        row.story = stories.get(row.article_id)  # None where it was withdrawn between the two queries
    return [row for row in rows if row.story]
