"""Which policy holds for the comments of a story at a moment, and why.

Of the policies that reach a story each field goes by the nearest one that says anything of it: the story's own, its
coverage's, its section's, the site's; else by DEFAULTS. A story stands in one section and in one coverage at most,
so that no two are equally near. Pauses are the exception: each one holds, and the last to end counts, since
a pause of the whole site is meant for every story. What a story's form says of “comments open” can only close.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import times
from articles.models import Article, Coverage, Edition, Section
from articles.models.json_rows import JSONRows, moment_of
from articles.shown import shows, shows_until
from articles.times import moment_text
from comments.models import Mode, Policy
from comments.models.policies import reaching_as

DEFAULTS = {
    "mode": Mode.PRE_MODERATED,
    "trusted_after": 1,
    "close_after_days": 0,
    "asks_proof": False,
    "reports_to_hold": 3,
}


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """What holds for a story's comments at the moment `at`.

    `closes_at` is when they close by themselves (aware; None for never, and for a story never published),
    `paused_until` when the pause ends that holds at `at`, else None. `sources` maps each field to the Policy that
    says so, None for a default; `own` is the story's own, None where it has none.
    """

    at: dt.datetime
    mode: Mode
    trusted_after: int
    close_after_days: int
    asks_proof: bool
    reports_to_hold: int
    closes_at: dt.datetime | None
    paused_until: dt.datetime | None
    is_switched_on: bool
    sources: dict[str, Policy | None]
    own: Policy | None

    @property
    def read_as(self):
        """All that readers are shown of it, hashable."""
        return self.mode, self.is_closed, self.paused_until, self.resumes_today, self.closes_at

    @property
    def is_closed(self):
        """Whether nobody can post any more, at `closes_at` itself too."""
        has_closed = self.closes_at is not None and self.closes_at <= self.at
        return not self.is_switched_on or self.mode == Mode.CLOSED or has_closed

    @property
    def is_paused(self):
        """Whether nobody can post just now. What is closed is not paused besides."""
        return self.paused_until is not None and not self.is_closed

    @property
    def is_open(self):
        """Whether readers can post."""
        return not self.is_closed and self.paused_until is None

    @property
    def resumes_today(self):
        """Whether the pause ends on the day of `at`, in the site's zone."""
        return self.is_paused and timezone.localdate(self.paused_until) == timezone.localdate(self.at)

    @property
    def resumes_today_from(self):
        """From which moment on the pause ends on the same day (aware); None where there is none."""
        end = self.paused_until and timezone.localtime(self.paused_until)
        return end and end.replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def needs_proof(self):
        """Whether a comment's author is to prove the address: it is asked for, or trust depends on it."""
        return self.asks_proof or self.mode == Mode.TRUSTED

    @property
    def sentences(self):
        """What holds and why, for the desk: whether readers can post first, each in a sentence."""
        fields = ["close_after_days", *([] if self.is_closed else ["mode", "asks_proof"]), "reports_to_hold"]
        pause = [self.sentence("paused_until")] if self.is_paused else []
        return [
            *self._why_closed(),
            *pause,
            *(self.sentence(field) for field in fields if self._is_news(field)),
        ]

    def sentence(self, field):
        """What holds of that field, and by which policy."""
        words, policy = {"what": self._words(field)}, self.sources[field]
        if policy is None:
            return _("%(what)s, by default.") % words
        if policy.article_id:
            return _("%(what)s, by the story’s own policy.") % words
        return _("%(what)s, by the policy of %(place)s.") % (words | {"place": policy.place})

    def _why_closed(self):
        if not self.is_switched_on:
            return [_("Comments are switched off in the story’s own form.")]
        return [self.sentence("mode")] if self.mode == Mode.CLOSED else []

    def _is_news(self, field):
        """Whether the desk needs the sentence: what is not closing and not asked for goes without saying."""
        return bool(getattr(self, field)) or self.sources[field] is not None

    def _words(self, field):
        if field == "close_after_days" and self.close_after_days:
            return self._closing()
        if field == "paused_until":
            return _("Paused until %(when)s") % {"when": moment_text(self.paused_until)}
        if field == "mode" and self.mode == Mode.TRUSTED:
            return worded("trusted_after", self.trusted_after)
        return worded(field, getattr(self, field))

    def _closing(self):
        days = worded("close_after_days", self.close_after_days)
        if self.closes_at is None or self.is_closed:
            return days
        return _("Open until %(when)s: %(rule)s") % {
            "when": moment_text(self.closes_at),
            "rule": days[:1].lower() + days[1:],
        }


_MODES = {
    Mode.PRE_MODERATED: lambda: _("Every comment waits for a moderator"),
    Mode.TRUSTED: lambda: _("Comments of trusted people appear at once, others wait for a moderator"),
    Mode.OPEN: lambda: _("Comments appear at once unless something holds them"),
    Mode.CLOSED: lambda: _("Closed"),
}


def worded(field, value):
    """What a value of a policy's field says, as a sentence without its full stop."""
    if field == "mode":
        return _MODES[Mode(value)]()
    if field == "asks_proof":
        return (
            _("Authors are asked to prove their address")
            if value
            else _("Nobody is asked to prove an address")
        )
    if field == "paused_until":
        return _("Paused until %(when)s") % {"when": moment_text(value)}
    if field == "close_after_days" and not value:
        return _("Comments never close by themselves")
    return _COUNTED[field](value) % {"count": value}


_COUNTED = {
    "trusted_after": lambda count: ngettext(
        "Trusted after %(count)d approved comment from a proven address; others wait for a moderator",
        "Trusted after %(count)d approved comments from a proven address; others wait for a moderator",
        count,
    ),
    "close_after_days": lambda count: ngettext(
        "Closed %(count)d day after publication", "Closed %(count)d days after publication", count
    ),
    "reports_to_hold": lambda count: ngettext(
        "Reports from %(count)d network hold a comment",
        "Reports from %(count)d networks hold a comment",
        count,
    ),
}


def in_force(policies, *, published_at, is_switched_on=True, at):
    """The PolicyInForce that follows from the Policies that reach a story. Pure: asks no database and no clock.

    `published_at` is the story's first publication, None before; `is_switched_on` what its form says.
    """
    nearest_first = sorted(policies, key=lambda policy: policy.breadth)
    sources = {field: _nearest(nearest_first, field) for field in DEFAULTS}
    values = {
        field: getattr(policy, field) if policy else DEFAULTS[field] for field, policy in sources.items()
    }
    pauses = [policy for policy in nearest_first if policy.paused_until and policy.paused_until > at]
    last = max(pauses, key=lambda policy: policy.paused_until, default=None)
    return PolicyInForce(
        own=next((policy for policy in nearest_first if policy.article_id), None),
        at=at, **values, is_switched_on=is_switched_on, sources=sources | {"paused_until": last},
        closes_at=_closing_of(published_at, days=values["close_after_days"]),
        paused_until=last and last.paused_until,
    )  # fmt: skip


def _nearest(policies, field):
    return next((policy for policy in policies if getattr(policy, field) not in (None, "")), None)


def _closing_of(published_at, *, days):
    """So many days later at the same hour of the desk's clock, whatever it is changed to in between."""
    if not published_at or not days:
        return None
    local = timezone.localtime(published_at, timezone.get_default_timezone())
    return (local + dt.timedelta(days=days)).astimezone(dt.UTC)


# --- from the database

_COLUMNS = {
    "pk": "pk",
    "section": "section_id", "section_name": "section__name", "coverage": "coverage_id",
    "coverage_name": "coverage__name", "article": "article_id", "mode": "mode", "trusted_after": "trusted_after",
    "close_after_days": "close_after_days", "paused_until": "paused_until", "asks_proof": "asks_proof",
    "reports_to_hold": "reports_to_hold",
}  # fmt: skip


def filing_of(edition):
    """What `policy_rows` goes by of an Edition, as its fields: for a query that is prepared."""
    return {name: getattr(edition, name) for name in ("article_id", "section_id", "coverage_id")}


def policy_rows(edition):
    """The policies that reach the story of this Edition, as an expression for a query of something else.

    What it gives is for `from_rows`. The section and coverage are the edition's: what readers see, not what the desk
    is working on.
    """
    reaching = Policy.objects.reaching(**_reach(edition))
    return JSONRows(reaching.order_by("pk").values(row=JSONObject(**_COLUMNS)))


def _reach(edition):
    return {"section": edition.section_id, "coverage": edition.coverage_id, "article": edition.article_id}


def from_rows(rows, edition, *, is_switched_on, at):
    """The PolicyInForce for the story of this Edition from what `policy_rows` gave."""
    policies = [_policy(row) for row in rows]
    found = in_force(policies, published_at=edition.published_at, is_switched_on=is_switched_on, at=at)
    shows(*(policy.shown_as for policy in policies), reaching_as("site", 0))
    shows(*(reaching_as(place, number) for place, number in _reach(edition).items()))
    for moment in (found.closes_at, found.paused_until, found.resumes_today_from):
        shows_until(moment if moment and moment > at else None)
    return found


def _policy(row):
    section, coverage = row["section"], row["coverage"]
    asks, pause = row["asks_proof"], row["paused_until"]
    return Policy(
        pk=row["pk"],
        section=Section(pk=section, name=row["section_name"]) if section else None,
        coverage=Coverage(pk=coverage, name=row["coverage_name"]) if coverage else None,
        article_id=row["article"],
        asks_proof=None if asks is None else bool(asks),  # SQLite's JSON has no truth values
        paused_until=moment_of(pause) if pause else None,
        **{name: row[name] for name in ("mode", "trusted_after", "close_after_days", "reports_to_hold")},
    )


def policy_of(edition, *, at=None):
    """The PolicyInForce for the story of this live Edition at that moment (now): one query."""
    found = Article.objects.order_by().values_list("is_open_to_comments", policy_rows(edition))
    is_switched_on, rows = found.get(pk=edition.article_id)
    return from_rows(rows, edition, is_switched_on=is_switched_on, at=at or times.now())


def policy_of_working_copy(article, *, live, at=None):
    """The PolicyInForce for an Article as readers have it, or as they would if it were published now: one query.

    `live` is its live edition, None where it has none.
    """
    return policy_of(live or _as_filed(article), at=at)


def _as_filed(article):
    """An edition that is not stored, filed as the article is."""
    return Edition(article=article, section_id=article.section_id, coverage_id=article.coverage_id)


def inherited_by(policy, *, at):
    """The PolicyInForce where this Policy says nothing: what wider ones say, and the defaults.

    For one that is not stored yet only the site's counts, and for a coverage's, whose stories stand in any section.
    """
    keys = {}
    if policy.article_id:
        live = Edition.objects.live(at=at).filter(article=policy.article_id).first()
        edition = live or _as_filed(policy.article)
        keys = {"section": edition.section_id, "coverage": edition.coverage_id}
    wider = Policy.objects.reaching(**keys).select_related("section", "coverage")
    return in_force(wider.exclude(pk=policy.pk), published_at=None, at=at)
