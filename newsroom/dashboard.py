"""The desk's first page: what waits for whoever signs in, one query for each box whatever the site holds."""

from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Edition
from articles.models.article import Stage, State
from articles.times import moment_text
from comments.models import ErrorReport, QueueTally

SHOWN = 8  # lines of a box


class Line(NamedTuple):
    """One line of a box: where its link leads, the story's State or "", and what there is to say of it."""

    url: str
    words: str
    state: str
    detail: str

    @property
    def state_label(self):
        return State(self.state).label


@dataclass(frozen=True)
class Box:
    """A box of the dashboard. `empty` is said where it has no lines, `more` leads to all of them or is ""."""

    name: str
    title: str
    empty: str
    lines: list = field(default_factory=list)
    more: str = ""


def boxes(user, *, at):
    """The boxes of whoever has business with them at that moment, in the order of the desk's day."""
    found = []
    if user.has_perm("articles.change_article"):
        found = [
            _drafts(user, at),
            _waiting(user, at),
            _scheduled(user, at),
            _changed(user, at),
            _advised(user, at),
        ]
    if user.has_perm("comments.moderate_comment"):
        found.append(_comments())
    if user.has_perm("comments.answer_errorreport"):
        found.append(_errors())
    return found


def _stories(user):
    """The stories that a box may name: all of them to editors, else the person's own."""
    if user.has_perm("articles.edit_any_article"):
        return Article.objects.all()
    return Article.objects.owned_by(user)


def _drafts(user, at):
    drafts = Article.objects.in_state(State.DRAFT, at=at).owned_by(user).order_by("-updated_at", "-pk")
    return Box(
        "drafts",
        _("My drafts"),
        _("You have no drafts. Write a story to begin one."),
        *_lines(drafts, at, _changed_at, {"state": State.DRAFT}),
    )


def _waiting(user, at):
    stages = [Stage.IN_REVIEW, Stage.APPROVED]
    waiting = _stories(user).filter(stage__in=stages).order_by("updated_at", "pk")
    return Box(
        "review",
        _("Waiting for review, or approved"),
        _("Nothing waits for review."),
        *_lines(waiting, at, _changed_at, {"state": State.IN_REVIEW}, page="review"),
    )


def _scheduled(user, at):
    plans = Edition.objects.filter(live_until=None, live_from__gt=at).order_by("live_from", "pk")
    if not user.has_perm("articles.edit_any_article"):
        plans = plans.filter(Exists(Article.objects.owned_by(user).filter(pk=OuterRef("article"))))
    lines = [
        Line(
            _page("change", plan.article_id),
            plan.headline,
            State.SCHEDULED,
            _("%(when)s, in %(left)s")
            % {"when": moment_text(plan.live_from), "left": timeuntil(plan.live_from, at)},
        )
        for plan in plans.only("article_id", "headline", "live_from")[: SHOWN + 1]
    ]
    return Box(
        "scheduled",
        _("Scheduled"),
        _("Nothing is scheduled."),
        lines[:SHOWN],
        _all(state=State.SCHEDULED) if lines[SHOWN:] else "",
    )


def _changed(user, at):
    changed = _stories(user).in_state(State.LIVE_CHANGED, at=at).order_by("-updated_at", "-pk")
    return Box(
        "changed",
        _("Live, with unpublished changes"),
        _("Readers have everything that was written into live stories."),
        *_lines(changed, at, _changed_at, {"state": State.LIVE_CHANGED}, page="review"),
    )


def _advised(user, at):
    advised = _stories(user).with_state(at=at).filter(advice_count__gt=0)
    advised = advised.exclude(state__in=[State.LIVE, State.SPIKED]).order_by("-updated_at", "-pk")
    return Box(
        "advice",
        _("Open advice"),
        _("No story has open advice."),
        *_lines(advised, at, _advice_of, {}),
    )


def _comments():
    count = QueueTally.objects.counts()["pending"]
    url = reverse("admin:comments_comment_changelist")  # which begins with those that wait
    said = ngettext("%(count)s comment waits.", "%(count)s comments wait.", count) % {"count": count}
    lines = [Line(url, said, "", "")] if count else []
    return Box("comments", _("Comments waiting"), _("No comment waits."), lines)


def _errors():
    reports = ErrorReport.objects.open().select_related("article")[: SHOWN + 1]
    said = _("%(story)s: %(words)s")
    lines = [
        Line(
            reverse("admin:comments_errorreport_change", args=[report.pk]),
            said % {"story": report.article, "words": report.wrong},
            "",
            "",
        )
        for report in reports
    ]
    return Box(
        "errors",
        _("Errors that readers reported"),
        _("No report waits for an answer."),
        lines[:SHOWN],
        reverse("admin:comments_errorreport_changelist") if lines[SHOWN:] else "",
    )


def _lines(stories, at, detail, kept, *, page="change"):
    """(lines, more) of a queryset of articles in their order. Only of those shown more is read than their keys."""
    rows = Article.objects.with_state(at=at).filter(pk__in=stories.values("pk")[: SHOWN + 1])
    rows = rows.order_by(*stories.query.order_by).select_related("updated_by").defer("body", "standfirst")
    shown = list(rows)
    lines = [Line(_page(page, story.pk), str(story), story.state, detail(story)) for story in shown]
    return lines[:SHOWN], _all(**kept) if shown[SHOWN:] else ""


def _changed_at(article):
    words = {"when": moment_text(article.updated_at), "who": article.updated_by or ""}
    said = _("%(when)s by %(who)s") % words if article.updated_by else words["when"]
    is_said = article.state != State.LIVE_CHANGED or article.stage == Stage.DRAFT  # by the state
    return said if is_said else f"{Stage(article.stage).label} · {said}"


def _advice_of(article):
    count = article.advice_count
    return ngettext("%(count)s piece of advice", "%(count)s pieces of advice", count) % {"count": count}


def _page(name, pk):
    return reverse(f"admin:articles_article_{name}", args=[pk])


def _all(**filters):
    return f"{reverse('admin:articles_article_changelist')}?{urlencode(filters)}"
