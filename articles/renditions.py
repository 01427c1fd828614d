"""Smaller copies of pictures, WebP and JPEG, made by a task beside the site.

Readers are served the original until they are there. The task may run twice, at the same time too, and
may come late: for a picture that was deleted, or given another file meanwhile, it leaves nothing behind.
While the place that keeps the files does not answer, what was to be done there is put off.
"""

import datetime as dt
import io
import logging
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image as Raster

from articles.models import Image, Rendition
from articles.shown import changes, record
from articles.tasks import task

WIDTHS = (400, 800, 1200, 1600)
_WRITTEN_AS = {
    Rendition.Format.WEBP: {"format": "WEBP", "quality": 80},
    Rendition.Format.JPEG: {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
}
PUT_OFF = dt.timedelta(minutes=5)
_ENDINGS = {Rendition.Format.WEBP: "webp", Rendition.Format.JPEG: "jpg"}

logger = logging.getLogger(__name__)


def widths_of(width):
    """The widths of a picture's renditions: never more than its own, which is one of them if it is small."""
    return [*(smaller for smaller in WIDTHS if smaller < width), *([width] if width <= WIDTHS[-1] else [])]


def queue(image):
    """Has the picture's renditions made once what was written here is committed."""
    transaction.on_commit(partial(make_renditions.enqueue, image.pk))


def queue_missing():
    """Has renditions made of all pictures without any, such as after a worker was killed; returns how many."""
    missing = Image.objects.filter(renditions=None).order_by("pk").values_list("pk", flat=True)
    numbers = list(missing)
    for number in numbers:
        make_renditions.enqueue(number)
    return len(numbers)


@task()
def make_renditions(image_id):
    """Makes the renditions that the picture lacks. Returns how many."""
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        return 0
    made = set(image.renditions.values_list("format", "width"))
    lacking = [
        (kind, width)
        for width in widths_of(image.width)
        for kind in Rendition.Format
        if (kind, width) not in made
    ]
    rows = []
    try:
        for row in _made(image, lacking):
            rows.append(row)
    except FileNotFoundError:
        logger.warning("Picture %s has no renditions: its file %s is missing.", image.pk, image.file.name)
    except OSError as error:
        logger.warning("Picture %s has no renditions yet; they are made in five minutes: %s", image.pk, error)
        make_renditions.using(run_after=timezone.now() + PUT_OFF).enqueue(image.pk)
    return _stored(image, rows)


def _made(image, lacking):
    """Unsaved Renditions, each when its file is written. The widest is scaled first, the others from it."""
    pixels = _pixels_of(image) if lacking else None
    for width in sorted({width for _kind, width in lacking}, reverse=True):
        height = max(round(image.height * width / image.width), 1)
        pixels = pixels.resize((width, height), Raster.Resampling.LANCZOS)
        for kind in (kind for kind, wanted in lacking if wanted == width):
            row = Rendition(image=image, format=kind, width=width, height=height)
            row.file.save(f"rendition.{_ENDINGS[kind]}", ContentFile(_written(pixels, kind)), save=False)
            yield row


def _pixels_of(image):
    """The decoded original. Raises OSError where it cannot be read, ValueError where it is no picture any more."""
    with image.file.open("rb") as file:
        data = io.BytesIO(file.read())
    try:
        pixels = Raster.open(data)
        pixels.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))  # a JPEG can be decoded smaller, and faster
        pixels.load()
    except OSError as error:
        raise ValueError(f"The file of picture {image.pk} is damaged: {error}") from error
    return pixels


def _written(pixels, kind):
    if kind == Rendition.Format.JPEG and pixels.mode == "RGBA":
        paper = Raster.new("RGB", pixels.size, "white")
        paper.paste(pixels, mask=pixels.getchannel("A"))
        pixels = paper
    written = io.BytesIO()
    pixels.save(written, **_WRITTEN_AS[kind])
    return written.getvalue()


def _stored(image, rows):
    """Keeps those rows that nobody else has made meanwhile, and the files of no others; returns how many."""
    with transaction.atomic():
        # By now somebody may have deleted the picture, or given it another file.
        is_still_so = Image.objects.select_for_update().filter(pk=image.pk, file=image.file.name).first()
        if is_still_so:
            Rendition.objects.bulk_create(rows, ignore_conflicts=True)
            changes(record("image", image.pk), record("image", image.uid))
    names = [row.file.name for row in rows]
    kept = set(Rendition.objects.filter(file__in=names).values_list("file", flat=True))
    delete_stored.call([name for name in names if name not in kept])
    return len(kept)


def delete_files(names):
    """Deletes stored files once what was written here is committed."""
    transaction.on_commit(lambda: delete_stored.call(names))


@task()
def delete_stored(names):
    """Deletes these stored files; those of a place that does not answer are deleted later."""
    for done, name in enumerate(names):
        try:
            default_storage.delete(name)
        except OSError as error:
            logger.warning("Files of pictures are deleted in five minutes: %s", error)
            delete_stored.using(run_after=timezone.now() + PUT_OFF).enqueue(names[done:])
            return
