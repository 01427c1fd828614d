"""Queue what a worker that was killed has left undone: `manage.py make_renditions`."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from articles import renditions


class Command(BaseCommand):
    help = "Have the worker make smaller copies of all pictures that have none."

    def handle(self, **options):
        count = renditions.queue_missing()
        waiting = ngettext(
            "%(count)d picture waits for the worker.", "%(count)d pictures wait for the worker.", count
        )
        self.stdout.write(waiting % {"count": count})
