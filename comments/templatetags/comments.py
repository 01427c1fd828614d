"""How pages of stories show comments: `{% load comments %}`."""

from django import template

from comments.models import Comment
from comments.spam import pieces, sentences
from comments.threads import thread_of

register = template.Library()


@register.simple_tag
def comment_thread(edition):
    """The Thread under a live edition (see threads.py), for `comments/_thread.html`: one query."""
    return thread_of(edition)


@register.simple_tag
def comment_counts(editions):
    """{article's id: how many public comments} of these editions, without those that have none: one query."""
    articles = [edition.article_id for edition in editions]
    return Comment.objects.public().filter(article__in=articles).count_by_article()


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
    """The count of one article out of what `comment_counts` gave; 0 where it has none."""
    return counts.get(article_id, 0)
