"""Make up an archive of stories and comments: `manage.py make_archive --articles 100000 --comments 1000000`."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsroom.archive.filing import ArchiveRefused
from newsroom.archive.making import make_archive
from newsroom.archive.plan import Plan
from newsroom.progress import Progress

MOST = 100_000_000


class Command(BaseCommand):
    help = (
        "Make up an archive of stories and comments, to measure with or to try the desk on. The same arguments make "
        "the same archive; stopped and started again with them, it goes on where it was. Let nobody write in the "
        "database meanwhile."
    )

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, required=True, help="How many stories there are to be.")
        parser.add_argument(
            "--comments", type=int, default=0, help="How many comments, under all stories together."
        )
        parser.add_argument("--seed", type=int, default=1, help="Another number makes another archive.")
        parser.add_argument(
            "--until",
            type=dt.date.fromisoformat,
            default=dt.date(2025, 12, 31),
            help="The day by which everything has happened, such as 2025-12-31 (the default).",
        )
        parser.add_argument(
            "--beside-others",
            action="store_true",
            help="Make it although the site has stories of its own. It cannot be taken out again.",
        )

    def handle(self, *, articles, comments, seed, until, beside_others, **options):
        _check(articles, comments, seed, until)
        plan = Plan(articles=articles, comments=comments, seed=seed, until=until)
        try:
            written = make_archive(plan, is_beside_others=beside_others, tell=self.tell)
        except ArchiveRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        said = "{:,} stories and {:,} comments were written.".format(*written)
        self.stdout.write(said if any(written) else "The archive is all there. Nothing was written.")

    def tell(self, name, total, done):
        return Progress(self.stderr, name, total=total, begun=done).add


def _check(articles, comments, seed, until):
    if not 1 <= articles <= MOST:
        raise CommandError(f"Give --articles a number from 1 to {MOST:,}.")
    if not 0 <= comments <= MOST:
        raise CommandError(f"Give --comments a number from 0 to {MOST:,}.")
    if not 0 <= seed <= MOST:
        raise CommandError(f"Give --seed a number from 0 to {MOST:,}.")
    if until > timezone.now().date():
        raise CommandError("Give --until a day that has come: what is in the archive has happened.")
