"""Who may do what with a story in which state, and the verbs that move it through review.

`ALLOWED` is the one table: the desk's buttons, its direct posts and its tests all ask it through `may`. Every
verb takes the actor (`by=`), may be told the moment (`now=`, aware), locks the story, and writes the new stage
and a line of the desk's log together or not at all. What the story's state does not allow raises
`WorkflowRefused` with a sentence. Rights are the caller's to ask for, as in `articles.publishing`.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.models import Article, DeskLogLine
from articles.models.article import Stage, State

UNSEEN = gettext_lazy("The story was changed since you opened this page. Look at it again before you decide.")


class WorkflowRefused(ValidationError):
    """The story cannot be moved that way as it stands; `messages` says why, in sentences."""


class Role(StrEnum):
    """What somebody is to a story. A person may be several at once."""

    READER = auto()  # of the desk: may look at stories, and at all of them
    OWNER = auto()  # made it, or is named in its byline
    EDITOR = auto()  # edits everybody's stories
    PUBLISHER = auto()  # decides what readers see of the stories that they may edit
    REMOVER = auto()  # deletes what never was public, of the stories that they may edit


class Verb(StrEnum):
    """What can be done with a story."""

    VIEW = auto()
    EDIT = auto()
    NOTE = auto()
    SHARE = auto()
    BRING_BACK = auto()
    SUBMIT = auto()
    RECALL = auto()
    SEND_BACK = auto()
    APPROVE = auto()
    SPIKE = auto()
    UNSPIKE = auto()
    PUBLISH = auto()
    CANCEL = auto()
    WITHDRAW = auto()
    REDACT = auto()
    DELETE = auto()


@dataclass(frozen=True)
class Rule:
    """Who may, in which states, and at which stages of the working copy: of a live story that is worked on."""

    roles: frozenset
    states: frozenset
    stages: frozenset


_ANYBODY = {Role.READER, Role.OWNER, Role.EDITOR}
_WRITERS = {Role.OWNER, Role.EDITOR}
_NOT_SPIKED = set(Stage) - {Stage.SPIKED}
_WITH_WORK = set(State) - {
    State.LIVE,
    State.SPIKED,
}  # something in the working copy that readers have not read
_ON_SITE = {State.LIVE, State.LIVE_CHANGED}
_UNPUBLISHED = {State.DRAFT, State.IN_REVIEW, State.APPROVED}


def _rule(roles, *, states=State, stages=_NOT_SPIKED):
    return Rule(frozenset(roles), frozenset(states), frozenset(stages))


ALLOWED = {
    Verb.VIEW: _rule(_ANYBODY, stages=Stage),
    Verb.NOTE: _rule(_WRITERS, stages=Stage),
    Verb.EDIT: _rule(_WRITERS),
    Verb.SHARE: _rule(_WRITERS),
    Verb.BRING_BACK: _rule(_WRITERS),
    Verb.SUBMIT: _rule(_WRITERS, states=_WITH_WORK, stages={Stage.DRAFT}),
    Verb.RECALL: _rule(_WRITERS, stages={Stage.IN_REVIEW}),
    Verb.SEND_BACK: _rule({Role.EDITOR}, stages={Stage.IN_REVIEW, Stage.APPROVED}),
    Verb.APPROVE: _rule({Role.EDITOR}, stages={Stage.IN_REVIEW}),
    Verb.SPIKE: _rule({Role.EDITOR}, states=_UNPUBLISHED | {State.WITHDRAWN}),
    Verb.UNSPIKE: _rule({Role.EDITOR}, stages={Stage.SPIKED}),
    Verb.PUBLISH: _rule({Role.PUBLISHER}, stages=Stage),  # of a spiked story the page says what comes first
    Verb.CANCEL: _rule({Role.PUBLISHER}, stages=Stage),
    Verb.WITHDRAW: _rule({Role.PUBLISHER}, states=_ON_SITE, stages=Stage),
    Verb.REDACT: _rule({Role.PUBLISHER}, stages=Stage),
    Verb.DELETE: _rule({Role.REMOVER}, states=_UNPUBLISHED | {State.SPIKED}, stages=Stage),
}

# What each verb of the stage leads to, and the line that it leaves in the log.
_LEADS_TO = {
    Verb.SUBMIT: (Stage.IN_REVIEW, DeskLogLine.Action.SUBMITTED),
    Verb.RECALL: (Stage.DRAFT, DeskLogLine.Action.RECALLED),
    Verb.SEND_BACK: (Stage.DRAFT, DeskLogLine.Action.SENT_BACK),
    Verb.APPROVE: (Stage.APPROVED, DeskLogLine.Action.APPROVED),
    Verb.SPIKE: (Stage.SPIKED, DeskLogLine.Action.SPIKED),
    Verb.UNSPIKE: (Stage.DRAFT, DeskLogLine.Action.UNSPIKED),
}
STAGE_VERBS = frozenset(_LEADS_TO)
NEEDS_NOTE = frozenset({Verb.SEND_BACK})


def roles_of(user, article):
    """The Roles that somebody has towards a story, a set that is empty for who has no business with it."""
    found = set()
    if user.has_perm("articles.change_article"):
        if user.has_perm("articles.edit_any_article"):
            found.add(Role.EDITOR)
        if is_own(user, article):
            found.add(Role.OWNER)
    elif user.has_perm("articles.view_article"):
        found.add(Role.READER)
    if found & _WRITERS:
        found |= {Role.PUBLISHER} if user.has_perm("articles.publish_article") else set()
        found |= {Role.REMOVER} if user.has_perm("articles.delete_article") else set()
    return found


def is_own(user, article):
    """Whether a story is this person's own: made by them, or bylined to their author."""
    if article.created_by_id == user.pk:
        return True
    if not hasattr(article, "is_own"):
        article.is_own = article.bylines.filter(author__user=user).exists()
    return article.is_own


def is_possible(verb, article):
    """Whether the story's state and stage allow the verb, whoever asks. Wants an article `with_state`."""
    rule = ALLOWED[verb]
    return article.state in rule.states and article.stage in rule.stages


def may(user, verb, article):
    """Whether somebody may do that with the story as it is now. Wants an article that came `with_state`."""
    return bool(ALLOWED[verb].roles & roles_of(user, article)) and is_possible(verb, article)


def may_once_changed(user, verb, article):
    """As `may`, for a form whose saving comes first: a live story then has unpublished changes."""
    rule = ALLOWED[verb]
    state = State.LIVE_CHANGED if article.state == State.LIVE else article.state
    return (
        bool(rule.roles & roles_of(user, article)) and state in rule.states and article.stage in rule.stages
    )


@transaction.atomic
def move(article, verb, *, by, note="", seen=None, now=None):
    """Does one of the STAGE_VERBS and returns the article as it is then.

    Raises WorkflowRefused where the story is no longer where the verb begins, where a note is wanting, or where
    its words are of another version than `seen`, the one that whoever decides looked at.
    """
    now, note = now or times.now(), note.strip()
    if verb in NEEDS_NOTE and not note:
        raise WorkflowRefused(_("Say in a note what has to be done before it comes back."))
    article = locked(article, at=now)
    if seen is not None and seen != article.version:
        raise WorkflowRefused(UNSEEN)
    if not is_possible(verb, article):
        raise WorkflowRefused(
            _("The story is “%(state)s” by now, so nothing was done. Look at it again.")
            % {"state": state_words(article)}
        )
    stage, action = _LEADS_TO[verb]
    return _enter(article, stage, action=action, by=by, note=note, now=now)


@transaction.atomic
def reopen(article, *, by, now=None):
    """Takes an approval back because the words have changed since; nothing where there was none."""
    now = now or times.now()
    article = locked(article, at=now)
    if article.stage != Stage.APPROVED:
        return article
    return _enter(article, Stage.IN_REVIEW, action=DeskLogLine.Action.REOPENED, by=by, note="", now=now)


def locked(article, *, at):
    """The article `with_state` under a row lock, with what files it. SQLite takes its one write lock instead."""
    Article.objects.select_for_update().values_list("pk").get(pk=article.pk)
    return Article.objects.with_state(at=at).select_related("section", "coverage", "image").get(pk=article.pk)


def state_at(article, *, at):
    """The State of a story at that moment, asked anew."""
    return Article.objects.with_state(at=at).values_list("state", flat=True).get(pk=article.pk)


def log(article, action, *, by, now, note="", after=None):
    """Writes a line of the desk's log. The article's `state` is that of before; the line tells both.

    Without `after` the state stayed as it was. With it, the article has it from here on.
    """
    before, after = article.state, after or article.state
    DeskLogLine.objects.create(
        article=article, action=action, by=by, at=now, note=note, before=before, after=after
    )
    article.state = after


def state_words(article):
    """What the desk calls a story's state: of a live one that is being worked on, how far that has come too."""
    words = str(State(article.state).label)
    if article.state == State.LIVE_CHANGED and article.stage in (Stage.IN_REVIEW, Stage.APPROVED):
        return f"{words}: {Stage(article.stage).label}"
    return words


def _enter(article, stage, *, action, by, note, now):
    article.stage = stage
    article.save(update_fields=["stage"])
    log(article, action, by=by, now=now, note=note, after=state_at(article, at=now))
    return article
