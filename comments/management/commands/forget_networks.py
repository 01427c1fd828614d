"""Drop the networks that comments and reports came from: `manage.py forget_networks`, every night."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from comments.privacy import NETWORK_DAYS, days_ago, forget_networks


class Command(BaseCommand):
    help = (
        "Drop the keyed hashes of the networks that comments and readers' reports came from, once they are "
        "old. Run it every night; run twice it changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=NETWORK_DAYS,
            help=f"What is older than this number of days is dropped; {NETWORK_DAYS} unless told.",
        )

    def handle(self, *, days, **options):
        try:
            before = days_ago(days)
        except ValueError as error:
            raise CommandError(error) from error
        comments, reports, errors = forget_networks(before=before)
        facts = {"comments": comments, "reports": reports, "errors": errors}
        sentence = _("Networks dropped. Comments: %(comments)d, reports: %(reports)d, errors: %(errors)d.")
        self.stdout.write(sentence % facts)
