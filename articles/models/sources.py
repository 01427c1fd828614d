"""Sources: records shared by every story that cites them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.natural import NaturalModel
from articles.models.slugs import slug_from


class Source(NaturalModel):
    """Something a story rests on: a report, a document, a page. A title alone is enough."""

    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=150, blank=True)
    publisher_slug = models.CharField(max_length=100, blank=True, editable=False, db_index=True)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        help_text=_("A code such as fr, where it is not the site’s own."),
    )
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=~models.Q(url=""),
                name="source_address_is_recorded_once",
                violation_error_message=_(
                    "There is a source with this address already. Pick it from the list."
                ),
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})" if self.publisher else self.title

    def save(self, *args, update_fields=None, **kwargs):
        """The words of its publisher's address follow the publisher's name."""
        self.publisher_slug = slug_from(self.publisher, fallback="publisher") if self.publisher else ""
        if update_fields and "publisher" in update_fields:
            update_fields = [*update_fields, "publisher_slug"]
        super().save(*args, update_fields=update_fields, **kwargs)
