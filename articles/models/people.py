"""People of the desk, and the public names that stand on stories."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.natural import NaturalModel


class User(AbstractUser):
    """Somebody who signs in to the desk. Never deleted: people who leave are deactivated."""

    display_name = models.CharField(_("display name"), max_length=100, blank=True)
    has_keyboard_shortcuts = models.BooleanField(
        _("keyboard shortcuts"),
        default=True,
        help_text=_("Single keys act on the moderation queue. Switch this off if they get in your way."),
    )

    class Meta(AbstractUser.Meta):
        pass

    def __str__(self):
        return self.display_name or self.get_full_name() or self.username


class Author(NaturalModel):
    """A public name that bylines print. It may belong to somebody of the desk, or to nobody."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    about = models.TextField(_("about"), blank=True, help_text=_("Plain text, shown on the author’s page."))
    user = models.OneToOneField(
        User,
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Stories with this byline then count as this person’s own."),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "-id"], name="author_by_name")]

    def __str__(self):
        return self.name
