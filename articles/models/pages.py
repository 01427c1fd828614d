"""The footer's pages: about, contact, privacy, moderation, corrections policy."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from articles.models.natural import NaturalModel
from articles.rich_text import EDITOR_EXTENSIONS, clean_html


class Page(NaturalModel):
    """One of the pages the footer links to. The set is fixed; their words are the desk's."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=100)
    body = ProseEditorField(_("text"), extensions=EDITOR_EXTENSIONS, sanitize=clean_html, blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["slug"]

    def __str__(self):
        return self.title
