"""What readers tell the desk by a form: what is wrong with a comment, and what is wrong in a story."""

from crispy_forms.layout import Div, Field
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.forms import EMAIL_LENGTH, ReadersForm, WordsField, email_from, grouped, readable
from comments.models import PUBLIC_WORDING, ErrorReport, Flag, Reason
from comments.models.errors import WORDS_LENGTH
from comments.plain_text import is_blank, one_line

NOTE_LENGTH = Flag._meta.get_field("note").max_length
NAME_LENGTH = ErrorReport._meta.get_field("name").max_length

REASONS = [
    *((reason, wording) for reason, wording in PUBLIC_WORDING.items()),
    (Reason.OTHER, gettext_lazy("Something else.")),
]


class Choices(forms.RadioSelect):
    """Radio buttons; what leads to the field leads to the first of them."""

    def id_for_label(self, id_, index=None):
        return f"{id_}_{index or 0}"


def _long_words(label, *, length, help_text, missing=""):
    """A field for more than a line; `missing` is said where it may not stay empty."""
    return WordsField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        widget=forms.Textarea(attrs={"maxlength": length, "rows": False, "cols": False}),
        error_messages={"required": missing},
    )


class SmallForm(ReadersForm):
    """A form of an uncached page, with bounds for words that may be left out."""

    def _words(self, name, *, limit):
        """The field's words, "" where there is nothing to see. Raises ValidationError for too many of them."""
        text = self.cleaned_data[name]
        if is_blank(text):
            return ""
        if len(text) > limit:
            sentence = _("This is %(length)s characters. Shorten it to %(limit)s or fewer")
            raise ValidationError(sentence % {"length": grouped(len(text)), "limit": grouped(limit)})
        return readable(text)


class ReportForm(SmallForm):
    """Why a comment should not be there: `reason`, a Reason, and `note`, "" or plain text."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=REASONS,
        widget=Choices,
        error_messages={
            "required": gettext_lazy("Choose what is wrong with the comment"),
            "invalid_choice": gettext_lazy("Choose what is wrong with the comment"),
        },
    )
    note = _long_words(
        gettext_lazy("What a moderator should know (optional)"),
        length=NOTE_LENGTH,
        help_text=gettext_lazy("Up to 300 characters. Only moderators read it."),
    )

    def rows(self):
        return [Field("reason", template="newsroom/choices.html"), "note"]

    def clean_note(self):
        note = self._words("note", limit=NOTE_LENGTH)
        if not note and self.cleaned_data.get("reason") == Reason.OTHER:
            raise ValidationError(_("Say in a few words what is wrong with the comment"))
        return note


class ErrorForm(SmallForm):
    """What is wrong in a story: `wrong`; and "" where they are not told, `right`, `name` and `email`."""

    wrong = _long_words(
        gettext_lazy("What is wrong?"),
        length=WORDS_LENGTH,
        help_text=gettext_lazy("Quote the words or the figure. Up to 2,000 characters."),
        missing=gettext_lazy("Say what is wrong"),
    )
    right = _long_words(
        gettext_lazy("What is right, and where can we check it? (optional)"),
        length=WORDS_LENGTH,
        help_text=gettext_lazy("A link or the name of a document helps."),
    )
    name = WordsField(
        label=gettext_lazy("Name (optional)"),
        required=False,
        help_text=gettext_lazy("May be printed with the correction."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": NAME_LENGTH}),
    )
    email = WordsField(
        label=gettext_lazy("Email (optional)"),
        required=False,
        help_text=gettext_lazy("Not published. For our answer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": EMAIL_LENGTH}),
    )

    def rows(self):
        return ["wrong", "right", Div("name", "email", css_class="pair")]

    def clean_wrong(self):
        words = self._words("wrong", limit=WORDS_LENGTH)
        if not words:
            raise ValidationError(self.fields["wrong"].error_messages["required"])
        return words

    def clean_right(self):
        return self._words("right", limit=WORDS_LENGTH)

    def clean_name(self):
        self.cleaned_data["name"] = one_line(self.cleaned_data["name"])
        return self._words("name", limit=NAME_LENGTH)

    def clean_email(self):
        email = self.cleaned_data["email"]
        return email_from(email) if email else ""
