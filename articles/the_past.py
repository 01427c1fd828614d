"""The site as it was: the moment that `?at=` names, and what is told of one that names none.

What stood where is asked for with `Edition.objects.live(at=…)`, as it was asked then; what of it is shown, with
`Edition.objects.as_it_was(…)`. So nothing moves up into the place of what has been withdrawn or redacted since.
"""

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.forms import DeskTimeField, DeskTimeInput
from articles.models import Edition

NOT_YET = "not_yet"  # the code of the error for a moment in the future
_LOCAL_TIME = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?", re.ASCII)
_PLUS_READ_AS_SPACE = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:\d\d)$")


class MomentField(DeskTimeField):
    """A moment as it stands in an address: local time of the desk's zone, or one with an offset from UTC."""

    default_error_messages = {
        "required": gettext_lazy("Choose a day and a time."),
        "invalid": gettext_lazy("That is no day and time. Choose one, or write it as 2025-06-03T10:00."),
    }

    def to_python(self, value):
        # A plus sign that is not encoded is read as a space.
        return super().to_python(_PLUS_READ_AS_SPACE.sub(r"\1+\2", value) if value else value)


class MomentForm(forms.Form):
    """Reads `at`, a moment that is not in the future of `now` (aware)."""

    at = MomentField(label=gettext_lazy("Day and time"), widget=DeskTimeInput({"step": "any"}))

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_at(self):
        moment = self.cleaned_data["at"]
        if moment > self.now:
            raise ValidationError(_("That moment has not come yet. Choose one in the past."), code=NOT_YET)
        return moment


@dataclass(frozen=True)
class Moment:
    """A moment `at` of the past, looked at from `now`. Both are aware."""

    at: dt.datetime
    now: dt.datetime

    @property
    def readable(self):
        """The editions on the site at that moment that may still be read."""
        return Edition.objects.as_it_was(at=self.at, now=self.now)

    @property
    def value(self):
        """The moment as a field for a local time holds it: `2025-06-03T10:00`, with seconds where there are any."""
        return _iso(self._local.replace(tzinfo=None))

    @property
    def query(self):
        """What leads to the same moment on another page: `?at=2025-06-03T10:00`.

        It has its offset where the clock shows that time twice.
        """
        local = self._local
        is_shown_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return "?" + urlencode({"at": _iso(local) if is_shown_twice else self.value}, safe=":")

    @property
    def words(self):
        """`3 June 2025, 10:00`, and the seconds where there are any."""
        time = date_format(self._local, "H:i:s" if self._local.second else "H:i")
        return _("%(day)s, %(time)s") % {"day": date_format(self._local, "j F Y"), "time": time}

    @property
    def _local(self):
        return timezone.localtime(self.at, timezone.get_default_timezone())


def _iso(moment):
    return moment.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")


def fits_a_field(text):
    """Whether a browser takes this text for the value of a field for a local time."""
    return bool(_LOCAL_TIME.fullmatch(text))
