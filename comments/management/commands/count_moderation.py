"""Keep the counts of the months that are over: `manage.py count_moderation`, every night."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from articles import times
from comments.month_counts import keep_months


class Command(BaseCommand):
    help = (
        "Count what was moderated in every month that is over and has not been counted yet, for the public "
        "page /moderation/. Run it every night; run twice it changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--anew",
            action="store_true",
            help="Count the months that are kept, too: after older comments were imported, or after the "
            "desk's time zone was changed.",
        )

    def handle(self, *, anew, **options):
        written = keep_months(at=times.now(), is_anew=anew)
        for month in written:
            self.stdout.write(_("%(month)s was counted.") % {"month": month})
        if not written:
            self.stdout.write(_("Every month that is over is counted already."))
