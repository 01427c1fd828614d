"""Forms of pictures: taking one in with its words, and choosing the one that leads a story."""

import contextlib
import logging

from django import forms
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.forms import DeskTimeField, DeskTimeInput, number_of
from articles.images import PictureRefused, take_in
from articles.models import Image

logger = logging.getLogger(__name__)

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"


class TakenIn:
    """An upload that was looked at and stored before a transaction begins: seconds of work that must lock nothing.

    `content()` gives what a picture's `file` is to be, or raises PictureRefused.
    """

    def __init__(self, upload):
        self.name, self.size = upload.name, upload.size
        self._file = self._refusal = None
        try:
            self._file = self._stored(take_in(upload))
        except PictureRefused as refusal:
            self._refusal = refusal

    def _stored(self, content):
        field = Image._meta.get_field("file")
        try:
            name = default_storage.save(field.upload_to(None, content.name), content)
        except OSError as error:
            logger.error("The picture “%s” could not be stored: %s", self.name, error)
            sentence = _(
                "“%(name)s” could not be stored: the place where pictures are kept does not answer. Wait a minute, "
                "then choose it again; if that does not help, tell whoever runs the site."
            )
            raise PictureRefused(sentence % {"name": self.name}) from error
        file = field.attr_class(None, field, name)
        file.file = content  # whose size is read from here, and not fetched again
        return file

    def content(self):
        if self._refusal:
            raise self._refusal
        return self._file

    def drop_unless_used(self):
        """Deletes what was stored when no picture has it in the end: something else was wrong with the form."""
        if self._file and not Image.objects.filter(file=self._file.name).exists():
            with contextlib.suppress(OSError):  # nobody can ask for it: it has no address
                default_storage.delete(self._file.name)


@contextlib.contextmanager
def taken_in(files):
    """Inside, the upload called `file` among request.FILES is a TakenIn. Stands around a transaction, not within."""
    if "file" not in files:
        yield
        return
    files["file"] = taken = TakenIn(files["file"])
    try:
        yield
    finally:
        taken.drop_unless_used()


class PictureField(forms.FileField):
    """An uploaded picture; gives what is to be stored of it, or was: see `taken_in`."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})
    default_error_messages = {
        "required": gettext_lazy("Choose a picture."),
        "missing": gettext_lazy("Choose a picture."),
        "invalid": gettext_lazy("Choose a picture."),
        "empty": gettext_lazy("The file is empty. Choose another one."),
    }

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        return upload.content() if isinstance(upload, TakenIn) else take_in(upload)


class ImageForm(forms.ModelForm):
    """A picture and its words: a description, or that it is decoration only.

    With `sends_again=False` the form stands on a page that a browser loads anew, so that the file has to be
    chosen again when something else was wrong.
    """

    sends_again = False

    class Meta:
        model = Image
        fields = [
            "file", "alt", "is_decorative", "caption", "credit", "licence", "rights_until", "focal_x", "focal_y",
        ]  # fmt: skip
        field_classes = {"file": PictureField, "rights_until": DeskTimeField}
        widgets = {
            "rights_until": DeskTimeInput,
            "alt": forms.Textarea(attrs={"rows": 2}),
            "caption": forms.Textarea(attrs={"rows": 2}),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 100}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 100}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if field := self.fields.get("file"):
            field.widget = forms.FileInput(attrs={"accept": ACCEPTED})
            field.help_text = _(
                "JPEG, PNG, WebP or GIF, up to 20 MB. Place, time and camera are left out of it."
            )
            if self.instance.pk:
                field.help_text = _("Another file takes the place of the one there is.")
        for name in ("focal_x", "focal_y"):
            if name in self.fields:
                self.fields[name].required = False
                self.fields[name].help_text = _("Per cent. What stays in view where the picture is cropped.")

    # A line's end in words that are printed in one line would be another text of the same words.
    def clean_alt(self):
        return " ".join(self.cleaned_data["alt"].split())

    def clean_caption(self):
        return " ".join(self.cleaned_data["caption"].split())

    def clean_focal_x(self):
        return self._percent("focal_x")

    def clean_focal_y(self):
        return self._percent("focal_y")

    def _percent(self, name):
        typed = self.cleaned_data[name]
        return Image._meta.get_field(name).default if typed is None else typed

    def clean(self):
        cleaned = super().clean()
        if "alt" in cleaned and not cleaned["alt"] and not cleaned.get("is_decorative"):
            self.add_error("alt", _("Enter a description, or tick “Decoration only”."))
        if cleaned.get("alt") and cleaned.get("is_decorative"):
            self.add_error("is_decorative", _("Decoration has no description. Remove it, or untick this."))
        if self.errors and self.files.get("file") and "file" not in self.errors and not self.sends_again:
            self.add_error("file", _("Choose the file again: a page cannot keep it."))
        return cleaned


class SentAgainForm(ImageForm):
    """The same form where a script sends it, which still has the file after a refusal."""

    sends_again = True


class PicturePicker(forms.NumberInput):
    """The number of a picture, which it shows. A script chooses one from a dialog instead."""

    template_name = "admin/articles/image/_chosen.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs | {"min": 1})
        found = Image.objects.filter(pk=number_of(str(value or ""))).first()
        context["image"] = found
        context["is_shown"] = found and found.is_shown()
        return context


class LeadPictureField(forms.ModelChoiceField):
    """The picture that leads a story, by its number in the desk's list of pictures."""

    widget = PicturePicker
    default_error_messages = {
        "invalid_choice": gettext_lazy(
            "There is no picture of this number. Choose one from the list of pictures, or leave this empty."
        ),
    }

    def __init__(self, *args, **kwargs):
        help_text = _("Stands above the story, and on the front page where the story leads it.")
        super().__init__(*args, **kwargs | {"help_text": help_text})
