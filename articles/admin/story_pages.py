"""What the pages of one story share: its state in their heading, and a form that says what a verb refused."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin.desk import DeskAdmin
from articles.admin.story_list import state_pill

# The editor's own scripts stay away: their import map wants a nonce, and these pages have no editor.
PAGE_MEDIA = forms.Media(js=["desk/desk.js"])


class StoryPages(DeskAdmin):
    """The pages of a story besides its form."""

    def story_page(self, request, name, article, title, *, media=PAGE_MEDIA, status=200, **context):
        """The page `admin/articles/article/<name>.html`; the article comes with its state."""
        context |= self.admin_site.each_context(request) | {
            "title": title, "subtitle": str(article), "article": article, "opts": self.opts,
            "pill": state_pill(article.state), "media": media,
        }  # fmt: skip
        return TemplateResponse(request, f"admin/articles/article/{name}.html", context, status=status)


def unless_refused(form, verb):
    """What the verb returns, or None when it was refused: its sentences are then on the form."""
    try:
        with transaction.atomic():
            return verb()
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return None


def to_page(page, article):
    """Leads to a page of the story, called by the end of its URL's name: `change`, `review`, ..."""
    return HttpResponseRedirect(reverse(f"admin:articles_article_{page}", args=[article.pk]))
