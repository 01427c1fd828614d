"""How many comments wait under each story: a column of the desk's list of articles."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from articles.admin.story_list import StoryList
from comments.models import Comment, Status

_waiting = Comment.objects.filter(article=OuterRef("pk"), status=Status.PENDING).order_by().values("article")


@admin.display(description=gettext_lazy("comments waiting"), empty_value="—")
def comments_waiting(article):
    """The count, which leads to those comments in the moderation queue."""
    if not article.waiting_count:
        return None
    queue = reverse("admin:comments_comment_changelist")
    return format_html('<a href="{}?article={}">{}</a>', queue, article.pk, article.waiting_count)


StoryList.columns_above["waiting_count"] = (
    Subquery(_waiting.annotate(count=Count("pk")).values("count")),
    comments_waiting,
)
