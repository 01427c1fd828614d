"""What the address of a story answers: the story, its new address, that it was withdrawn, or nothing."""

from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from articles.corrections import COMPARED
from articles.models import Correction, Edition, Section, Withdrawal
from articles.models.json_rows import JSONRows
from articles.models.prepared import Prepared
from articles.shown import SECTIONS, address, shows


def story_at(path, *, at, now=None):
    """The live Edition of that path, with `tags`, `correction_rows` and `sections`, in one query; None where none is.

    `sections` are {"name", "slug"} of all the site's, in the order of the navigation. Where `at` lies in the past,
    `now` says from when it is looked at: then an edition and corrections are left out that readers may no longer
    see. Without it the edition is a record of a prepared query, for reading only.
    """
    shows(address(path), SECTIONS)
    found = _stories(path, at=at, now=now) if now else _live_stories.records(path=path, at=at)
    return next(iter(found), None)


def _stories(path, *, at, now=None):
    live = Edition.objects.as_it_was(at=at, now=now) if now else Edition.objects.live(at=at)
    corrections = Correction.objects.public(at=at).filter(edition__article=OuterRef("article"))
    corrections = corrections.public(at=now) if now else corrections
    texts = {name: name for name in ("was", "now", "note", "reported_by")}
    row = JSONObject(**texts, made_at="edition__live_from", **COMPARED)
    editions = live.filter(path=path).with_tags().with_pictures(at=now or at)
    sections = Section.objects.order_by("position", "name").values(row=JSONObject(name="name", slug="slug"))
    editions = editions.annotate(
        correction_rows_json=JSONRows(corrections.values(row=row)), sections=JSONRows(sections)
    )
    return editions.select_related("section", "coverage").defer("search_text").order_by("pk")[:1]


_live_stories = Prepared(_stories)


def new_address(path, *, at):
    """The path of today of the live story that once stood at `path`; None when there is none."""
    editions = Edition.objects.live(at=at).filter(article__in=_once_at(path, at=at))
    return editions.values_list("path", flat=True).first()


def withdrawal_of(path, *, at):
    """The last Withdrawal of the story that once stood at `path`; None where it was never withdrawn."""
    withdrawals = Withdrawal.objects.filter(article__in=_once_at(path, at=at), withdrawn_at__lte=at)
    return withdrawals.order_by("-withdrawn_at").first()


def _once_at(path, *, at):
    """The articles that readers have had at that path, live or not."""
    return Edition.objects.filter(path=path, live_from__lte=at).values("article")
