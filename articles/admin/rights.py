"""Who may do what with which story. Buttons, forms and direct posts all ask here."""

from django.db.models import Exists, OuterRef

from articles.models import Article


def sees_every_story(user):
    """Whether somebody looks at all stories: those who edit all, and those who edit none but may look."""
    return user.has_perm("articles.edit_any_article") or not user.has_perm("articles.change_article")


def with_ownership(articles, *, user):
    """The queryset with `is_own`: whether the story is this person's own."""
    return articles.annotate(
        is_own=Exists(Article.objects.owned_by(user).filter(pk=OuterRef("pk")).values("pk"))
    )


def is_own(user, article):
    """Whether a story is this person's own: made by them, or bylined to their author."""
    if article.created_by_id == user.pk:
        return True
    if not hasattr(article, "is_own"):
        article.is_own = article.bylines.filter(author__user=user).exists()
    return article.is_own


def may_view(user, article):
    is_let_in = user.has_perm("articles.view_article") or user.has_perm("articles.change_article")
    return is_let_in and (sees_every_story(user) or is_own(user, article))


def may_edit(user, article):
    if not user.has_perm("articles.change_article"):
        return False
    return user.has_perm("articles.edit_any_article") or is_own(user, article)


def may_publish(user, article):
    """Whether somebody may publish, schedule and withdraw this story."""
    return user.has_perm("articles.publish_article") and may_edit(user, article)


def may_delete(user, article):
    """A story may go only while it has no edition, planned ones included: an address once given works for ever."""
    if not user.has_perm("articles.delete_article") or not may_edit(user, article):
        return False
    return not article.editions.exists()
