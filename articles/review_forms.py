"""Forms of the desk's review and of its versions."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from articles import workflow

LONGEST_NOTE = 2_000


class ReviewForm(forms.Form):
    """What is said with a verb of the review, and which version of the working copy its reader saw."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For the desk only. To send a story back, say here what has to be done."),
    )

    def __init__(self, *args, article, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.article = article

    def clean_seen(self):
        if self.cleaned_data["seen"] != str(self.article.version):
            raise ValidationError(workflow.UNSEEN)
        return self.article.version


class RedactForm(forms.Form):
    """Why a version's words are taken out of the record."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "It stays in the desk’s log. Readers are told only that the version was taken out."
        ),
        error_messages={"required": gettext_lazy("Enter a reason. It stays in the desk’s log.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
