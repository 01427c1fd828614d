"""Copy pictures from the folder into the bucket: `manage.py copy_pictures`."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from articles.models import Image, Rendition


class Command(BaseCommand):
    help = (
        "Copy the files of all pictures from the data folder into the bucket of NEWSROOM_MEDIA_URL. What is there "
        "already is passed over, so it may be stopped and run again; the folder is left as it is."
    )

    def handle(self, **options):
        if not settings.MEDIA_BUCKET:
            raise CommandError("NEWSROOM_MEDIA_URL is not set: there is no bucket to copy pictures into.")
        folder, counts = FileSystemStorage(), {"copied": 0, "there": 0, "missing": 0}
        try:
            for name in _names():
                outcome = _copy(name, folder=folder)
                counts[outcome] += 1
                if outcome == "missing":
                    self.stderr.write(f"{name} is neither in {folder.location} nor in the bucket.")
        except OSError as error:
            raise CommandError(
                f"After {counts['copied']} files: {error}. Put that right, then run this again."
            ) from error
        self._tell(**counts)

    def _tell(self, *, copied, there, missing):
        told = ngettext("%(count)d file copied", "%(count)d files copied", copied) % {"count": copied}
        self.stdout.write(f"{told}, {there} were there already, {missing} are missing.")


def _names():
    """The names of all files, originals first."""
    yield from Image.objects.order_by("pk").values_list("file", flat=True).iterator()
    yield from Rendition.objects.order_by("pk").values_list("file", flat=True).iterator()


def _copy(name, *, folder):
    """Which it was: copied, there or missing."""
    if default_storage.exists(name):
        return "there"
    if not folder.exists(name):
        return "missing"
    with folder.open(name) as file:
        default_storage.save(name, file)
    return "copied"
