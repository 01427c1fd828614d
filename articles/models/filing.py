"""What files a story: the section it stands in and the coverage it belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.natural import NaturalModel
from articles.shown import SECTIONS


class Section(NaturalModel):
    """A part of the site that every story stands in exactly one of. A section may be empty."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Sections stand in the navigation in this order.")
    )
    about = models.TextField(
        _("about"), blank=True, help_text=_("Plain text, shown above the section’s stories.")
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    @property
    def shown_as(self):
        return SECTIONS  # every page names them all


class Coverage(NaturalModel):
    """A named running story that several articles belong to."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    about = models.TextField(
        _("about"), blank=True, help_text=_("Plain text, shown above the coverage’s stories.")
    )

    class Meta:
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        ordering = ["name"]

    def __str__(self):
        return self.name
