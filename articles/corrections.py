"""The public corrections, with what pages, feeds and machines tell of them."""

from django.db.models import Case, F, When

from articles.models import Correction, Edition
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


def with_stories(rows, *, at):
    """Those of the rows whose story is live, each with it as `story`: path, headline, language. One query."""
    stories = Edition.objects.live(at=at).filter(article__in={row.article_id for row in rows})
    stories = stories.only("article", "path", "headline", "language").annotate(uid=F("article__uid"))
    stories = {story.article_id: story for story in stories}
    for row in rows:
        row.story = stories.get(row.article_id)  # None where it was withdrawn between the two queries
    return [row for row in rows if row.story]
