"""Pictures, with the words that stand in for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.natural import NaturalModel


class Image(NaturalModel):
    """A picture that stories may carry. It is described for people who cannot see it, or marked decorative."""

    natural_key_fields = ["file"]

    file = models.ImageField(
        _("file"), upload_to="images/%Y/%m/", width_field="width", height_field="height", unique=True
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(
        _("description"), max_length=500, blank=True, help_text=_("For people who cannot see the picture.")
    )
    is_decorative = models.BooleanField(_("decoration only"), default=False)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Whose picture it is."))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True, alt="")
                | (models.Q(is_decorative=False) & ~models.Q(alt="")),
                name="image_is_described_or_decorative",
                violation_error_message=_("Enter a description, or tick “Decoration only”."),
            )
        ]

    def __str__(self):
        return self.caption or self.alt or self.file.name
