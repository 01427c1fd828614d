"""Moments as the desk says them: in its own zone, which has a name."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def zone_name():
    """The desk's zone as people say it: `Brussels` for Europe/Brussels."""
    return timezone.get_default_timezone_name().rpartition("/")[2].replace("_", " ")


def moment_text(moment):
    """An aware moment as day and time of the desk's zone: `9 June 2025, 14:05`."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return _("%(day)s, %(time)s") % {"day": date_format(local, "j F Y"), "time": date_format(local, "H:i")}
