"""The reply form: the same under an article, on the reply page and after a failed post."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import NAME_LENGTH, TEXT_LENGTH, Comment
from comments.names import names_of_the_desk, speaks_for_the_desk
from comments.plain_text import is_blank, is_stacked, one_line, tidy

EMAIL_LENGTH = Comment._meta.get_field("email").max_length
PAGE_LIFE = 24 * 60 * 60  # seconds that a reply page may lie open before it is posted
BAD_EMAIL = gettext_lazy("Enter an email address in the correct format, like name@example.com")

_opened = signing.Signer(salt="comments.opened")


def opened_mark(*, at):
    """The moment a reply page was opened, signed, for the form's field `opened`."""
    return _opened.sign(str(int(at.timestamp())))


class WordsField(forms.CharField):
    """Plain text: control characters go before anything looks at it, and before it is shown again."""

    def to_python(self, value):
        return super().to_python(tidy(value or ""))

    def bound_data(self, data, initial):
        return tidy(super().bound_data(data, initial) or "")


class ReadersForm(forms.Form):
    """A form for readers, on pages without a token. Valid, it says by `is_trapped` whether a program filled it in.

    A form says by `rows()` what it shows, for the template pack.
    """

    # People do not see this field; programs that fill in every field give themselves away.
    homepage = WordsField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data=None, **options):
        super().__init__(data, auto_id="%s", **options)

    @property
    def helper(self):
        """How the template pack lays the form out, inside a `<form>` of the page's own, without a token."""
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        trap = Field("homepage", template="newsroom/trap.html")
        helper.layout = Layout(*self.rows(), trap, *[field.name for field in self.hidden_fields()])
        return helper

    @property
    def is_trapped(self):
        return bool(self.cleaned_data["homepage"])


class ReplyForm(ReadersForm):
    """Words for a story, or for the comment `to`. Bound, it needs the `article` and the moment `at`.

    After a valid `is_valid()` the words are in `cleaned_data`, the comment replied to in `parent` (or None),
    the seconds between opening the page and posting in `seconds_taken` (or None where nobody knows).
    """

    text = WordsField(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy("Up to 5,000 characters. Links are shown as plain text."),
        widget=forms.Textarea(attrs={"maxlength": TEXT_LENGTH, "rows": False, "cols": False}),
        error_messages={"required": gettext_lazy("Enter your comment")},
    )
    name = WordsField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Shown with your comment."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": NAME_LENGTH}),
        error_messages={"required": gettext_lazy("Enter your name")},
    )
    email = WordsField(
        label=gettext_lazy("Email"),
        help_text=gettext_lazy("Not published."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": EMAIL_LENGTH}),
        error_messages={"required": BAD_EMAIL},
    )
    wants_mail = forms.BooleanField(
        label=gettext_lazy("Tell me by e-mail what becomes of this comment, and when somebody answers it"),
        required=False,
    )
    to = forms.CharField(required=False, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, article=None, at=None, **options):
        super().__init__(data.copy() if data is not None else None, **options)
        self.article, self.at = article, at
        self.parent = self.seconds_taken = None
        if settings.EMAIL_SERVER is None:
            del self.fields["wants_mail"]

    @property
    def read_as(self):
        """Says that an empty form is like any other (see `articles.templatetags.parts`); else None."""
        return None if self.is_bound or self.initial else ("empty",)

    def rows(self):
        mail = [Field("wants_mail", template="newsroom/tick.html")] if "wants_mail" in self.fields else []
        return ["text", Div("name", "email", css_class="pair"), *mail]

    def clean_text(self):
        text = self.cleaned_data["text"]
        if is_blank(text):
            raise ValidationError(self.fields["text"].error_messages["required"])
        if len(text) > TEXT_LENGTH:
            sentence = _("Your comment is %(length)s characters. Shorten it to %(limit)s or fewer")
            raise ValidationError(sentence % {"length": grouped(len(text)), "limit": grouped(TEXT_LENGTH)})
        return readable(text)

    def clean_name(self):
        name = one_line(self.cleaned_data["name"])
        if is_blank(name):
            raise ValidationError(self.fields["name"].error_messages["required"])
        if len(name) > NAME_LENGTH:
            raise ValidationError(
                _("Your name is %(length)d characters. Shorten it to %(limit)d or fewer")
                % {"length": len(name), "limit": NAME_LENGTH}
            )
        if speaks_for_the_desk(name, taken=names_of_the_desk()):
            raise ValidationError(_("This name is kept for people of the desk. Choose another name"))
        return readable(name)

    def clean_email(self):
        return email_from(self.cleaned_data["email"])

    def clean(self):
        self._find_parent(self.cleaned_data.get("to"))
        self._time_the_page(self.cleaned_data.get("opened"))

    def _find_parent(self, number):
        """Sets `parent`. One that is gone is let go, so that posting again replies to the story."""
        if not number:
            return
        self.parent = Comment.objects.find_public(number, article=self.article, at=self.at)
        if not self.parent:
            self.data["to"] = ""
            gone = _(
                "The comment you reply to is no longer shown. Post again to reply to the article instead"
            )
            self.add_error(None, gone)

    def _time_the_page(self, mark):
        if not mark:
            return
        try:
            seconds = int(self.at.timestamp()) - int(_opened.unsign(mark))
        except signing.BadSignature:
            seconds = -1
        if 0 <= seconds <= PAGE_LIFE:
            self.seconds_taken = seconds
        else:
            self.data["opened"] = ""
            self.add_error(None, _("This page was open for too long. Your text is below; post it again"))


def email_from(text):
    """The e-mail address, or ValidationError for what cannot be one."""
    try:
        validate_email(text)
    except ValidationError:
        raise ValidationError(BAD_EMAIL) from None
    if len(text) > EMAIL_LENGTH:
        raise ValidationError(BAD_EMAIL)
    return text


def readable(text):
    """The text, unless people could not read it: ValidationError says what to do.

    The server puts “�” in the place of bytes that it could not read.
    """
    if "\ufffd" in text:
        raise ValidationError(_("Some characters did not arrive and stand as “�”. Replace or remove them"))
    if is_stacked(text):
        raise ValidationError(_("Some letters carry too many accents to be read. Remove some of them"))
    return text


def grouped(number):
    """A number as people write it: 5,000."""
    return number_format(number, force_grouping=True)
