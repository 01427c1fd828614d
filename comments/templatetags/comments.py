"""How pages of stories show comments: `{% load comments %}`."""

import secrets
from functools import partial

from django import template
from django.db.models import Count, OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles import times
from articles.cards import by_name
from articles.kept import kept
from articles.models import Edition
from articles.models.prepared import Prepared
from articles.plates import Late
from articles.shown import shows, thread
from articles.templatetags.articles import local_time
from comments.models import Comment
from comments.policies import filing_of, policy_of, policy_of_working_copy
from comments.spam import pieces, sentences
from comments.threads import thread_of

register = template.Library()


@register.simple_tag
def comment_thread(edition):
    """The Thread under a live edition (see threads.py), which comes Late: for `comments/_thread.html`, one query."""
    # A plate is kept for long: what it holds are the few facts of the edition that the thread goes by.
    facts = Edition(published_at=edition.published_at, path=edition.path, **filing_of(edition))
    return Late(partial(thread_of, facts))


@register.simple_tag
def comment_counts(editions):
    """{article's id: how many public comments} of these editions, without those that have none: one query."""
    articles = [edition.article_id for edition in editions]
    shows(*map(thread, articles))
    counted = _counts.rows(at=times.now(), **by_name(articles)) if articles else []
    return {article: count for article, count in counted if count}


def _counts_by_article(*, at, **articles):
    approved = Comment.objects.approved().filter(article=OuterRef("article"))
    count = approved.order_by().values("article").annotate(count=Count("pk")).values("count")
    live = Edition.objects.live(at=at).filter(article__in=articles.values())
    return live.order_by().values_list("article_id", Subquery(count))


_counts = Prepared(_counts_by_article)


@register.simple_tag
def comment_policy(edition):
    """The PolicyInForce for the comments of a live Edition's story (see policies.py): one query."""
    return policy_of(edition)


@register.simple_tag
def comment_policy_of_story(article, live):
    """The PolicyInForce for the comments of an Article, whose live edition may be None: one query."""
    return policy_of_working_copy(article, live=live)


@register.filter
def pause_end(policy):
    """When the pause ends, as a `<time>` element: the time alone where that is today, else with its day."""
    if not policy.resumes_today:
        return local_time(policy.paused_until)
    end = timezone.localtime(policy.paused_until)
    machine = end.isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', machine, date_format(end, "G:i"))


@register.filter
def seen_in(verdict):
    """[(sentence, points)] of what triage saw in a comment, from its stored verdict."""
    return sentences(verdict)


@register.filter
def marked(comment):
    """[(piece of the comment's text, "marked", "blanked" or "")]: plain text, which the template escapes."""
    return pieces(comment.text, comment.verdict, blanks=comment.blanks)


@register.filter
def for_article(counts, article_id):
    """The count of one article out of what `comment_counts` gave; 0 where it has none, or nothing was counted."""
    return counts.get(article_id, 0) if counts else 0


@register.simple_tag
def record_in_words(record):
    """What a Record counts, as one line: many people of a page have the same, five words to translate each."""
    key = ("record", get_language(), *record.counts.items(), *record.told.values())
    return kept(key, lambda: render_to_string("admin/comments/comment/_record.html", {"record": record}))


@register.simple_tag
def comment_address(page, number):
    """The address of that page of a comment at the desk, as `{% url %}` gives it, resolved once for all comments.

    `number` is the comment's as text.
    """
    name = f"admin:comments_comment_{page}"
    made = kept((name, get_script_prefix()), lambda: reverse(name, args=[_NOBODYS]))
    return made.replace(str(_NOBODYS), number)


_NOBODYS = 2**62  # no comment has this number
_NUMBER = secrets.token_hex(8)  # stands for a comment's number; nobody can have typed it


@register.simple_tag(takes_context=True)
def card_controls(context, comment, *, is_listed=False):
    """The buttons of a comment's card in the moderation queue.

    Cards of a kind differ by the number alone, and hold some forty words to translate. So where the page brings a
    dict `drawn`, each kind is rendered once for all.
    """
    traits = ("status", "open_flag_count", "is_featured", "blanks", "record")
    kind = (is_listed, comment.status, *(bool(getattr(comment, trait, None)) for trait in traits))
    drawn = context.get("drawn", {})
    if kind not in drawn:
        names = ("reasons", "reason_length", "query", "wish")
        given = {name: context[name] for name in names if name in context}
        given |= {"comment": comment, "pk": _NUMBER, "is_listed": is_listed}
        drawn[kind] = render_to_string("admin/comments/comment/_controls.html", given)
    return SafeString(drawn[kind].replace(_NUMBER, str(comment.pk)))
