"""Who may do what with which story, as the desk's pages ask it. The table is `articles.workflow.ALLOWED`."""

from django.db.models import Exists, OuterRef

from articles import workflow
from articles.models import Article
from articles.workflow import Role, Verb


def sees_every_story(user):
    """Whether somebody looks at all stories: those who edit all, and those who edit none but may look."""
    return user.has_perm("articles.edit_any_article") or not user.has_perm("articles.change_article")


def with_ownership(articles, *, user):
    """The queryset with `is_own`: whether the story is this person's own."""
    return articles.annotate(
        is_own=Exists(Article.objects.owned_by(user).filter(pk=OuterRef("pk")).values("pk"))
    )


def may_view(user, article):
    """Whether somebody may look at this story, whatever its state."""
    return bool(workflow.roles_of(user, article) & workflow.ALLOWED[Verb.VIEW].roles)


def may_edit(user, article):
    """Whether somebody may write in this story; one that is spiked has to be taken back first."""
    return bool(workflow.roles_of(user, article) & workflow.ALLOWED[Verb.EDIT].roles) and (
        article.stage in workflow.ALLOWED[Verb.EDIT].stages
    )


def may_publish(user, article):
    """Whether somebody decides what readers see of this story."""
    return Role.PUBLISHER in workflow.roles_of(user, article)


def may_delete(user, article):
    """A story may go only while it has no edition and no line in the log: what has been decided stays on record."""
    if Role.REMOVER not in workflow.roles_of(user, article):
        return False
    return not article.editions.exists() and not article.log_lines.exists()
