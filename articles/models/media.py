"""Pictures, with the words that stand in for them, and the smaller copies made of them."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import times
from articles.models.natural import NaturalManager, NaturalModel
from articles.pictures import pictures_of


def random_name(picture, filename):
    """Where a picture's file is kept: a name that tells nothing, with the ending that its content has.

    The ending is that of the name given, so whoever stores a file names it by what it is.
    """
    ending = filename.rpartition(".")[2].lower()
    return f"images/{uuid.uuid4().hex}.{ending}"


def rights_last(at, *, way=""):
    """The condition that a picture may be shown at that moment; `way` leads to it, as `image__` does."""
    return Q(**{f"{way}rights_until": None}) | Q(**{f"{way}rights_until__gt": at})


def picture_row(*, way=""):
    """What a page's query reads of a picture and of one of its renditions: see `articles.pictures`."""
    names = ("id", "uid", "file", "width", "height", "focal_x", "focal_y", "rights_until")
    own = {name: f"{way}{name}" for name in names}
    made = {"made": "file", "made_format": "format", "made_width": "width", "made_height": "height"}
    return JSONObject(**own, **{name: f"{way}renditions__{field}" for name, field in made.items()})


class ImageQuerySet(models.QuerySet):
    def shown(self, *, at=None):
        """The pictures whose rights have not ended by that moment (now)."""
        return self.filter(rights_last(at or times.now()))

    def having_file(self, name):
        """The picture that the stored file belongs to, as its original or as a rendition."""
        return self.filter(Q(file=name) | Q(pk__in=Rendition.objects.filter(file=name).values("image")))

    def newest_first(self):
        return self.order_by("-uploaded_at", "-pk")

    def picture_rows(self):
        """The rows of `articles.pictures.pictures_of`, as one list."""
        return list(self.order_by("pk").values_list(picture_row(), flat=True))

    def as_pictures(self):
        """{uid: Picture} of these, with the words they have now."""
        found = pictures_of(self.picture_rows())
        words = self.values("uid", "alt", "caption", "credit")
        return {
            str(row["uid"]): found[str(row["uid"])].saying(row) for row in words if str(row["uid"]) in found
        }


class Image(NaturalModel):
    """A picture that stories may carry. It is described for people who cannot see it, or marked decorative.

    `focal_x` and `focal_y` say, in per cent from the left and the top, what stays in view where a picture is
    cropped. `rights_until` is the aware moment at which the file may no longer be shown, None for never.
    """

    natural_key_fields = ["uid"]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.ImageField(
        _("file"), upload_to=random_name, width_field="width", height_field="height", unique=True
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(
        _("description"), max_length=500, blank=True, help_text=_("For people who cannot see the picture.")
    )
    is_decorative = models.BooleanField(_("decoration only"), default=False)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Whose picture it is."))
    licence = models.CharField(
        _("licence"),
        max_length=200,
        blank=True,
        help_text=_("What the picture may be used for, and by whom."),
    )
    rights_until = models.DateTimeField(
        _("rights end"),
        null=True,
        blank=True,
        help_text=_("From this moment the file is no longer served. Empty for no end."),
    )
    focal_x = models.PositiveSmallIntegerField(
        _("focal point, from the left"), default=50, validators=[MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point, from the top"), default=50, validators=[MaxValueValidator(100)]
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NaturalManager.from_queryset(ImageQuerySet)()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True, alt="")
                | (models.Q(is_decorative=False) & ~models.Q(alt="")),
                name="image_is_described_or_decorative",
                violation_error_message=_("Enter a description, or tick “Decoration only”."),
            ),
            models.CheckConstraint(
                condition=models.Q(focal_x__lte=100, focal_y__lte=100),
                name="image_has_its_focal_point_inside",
            ),
        ]

    def __str__(self):
        return self.caption or self.alt or self.file.name

    def is_shown(self, *, at=None):
        """Whether its rights have not ended by that moment (now)."""
        return self.rights_until is None or self.rights_until > (at or times.now())

    @property
    def words(self):
        """What stories print of it: {"alt", "caption", "credit"}."""
        return {"alt": self.alt, "caption": self.caption, "credit": self.credit}


class Rendition(NaturalModel):
    """A smaller copy of a picture, made by a task. Readers get the original until there are any."""

    class Format(models.TextChoices):
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"

    natural_key_fields = ["image", "format", "width"]

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file = models.FileField(upload_to=random_name, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "format", "width"], name="rendition_is_made_once")
        ]

    def __str__(self):
        return f"{self.image} ({self.width} px, {self.get_format_display()})"
