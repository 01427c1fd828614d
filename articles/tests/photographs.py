"""Pictures for tests, made with Pillow: as bytes, as uploads, and stored."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Raster

from articles.models import Image
from articles.renditions import make_renditions


def raster(width=120, height=80, *, mode="RGB", colour="teal"):
    return Raster.new(mode, (width, height), colour)


def encoded(picture, kind="JPEG", **options):
    """The bytes of a picture in that format."""
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def upload(data, name="photo.jpg"):
    return SimpleUploadedFile(name, data)


def photo(width=120, height=80, *, kind="JPEG", name="photo.jpg", **options):
    """An upload of one colour."""
    return upload(encoded(raster(width, height, **options), kind), name)


def stored(*, alt="A bridge over a river", width=120, height=80, has_renditions=False, **fields):
    """An Image with its file; `has_renditions` makes them, as the task would have."""
    fields = {"alt": "" if fields.get("is_decorative") else alt} | fields
    image = Image(**fields)
    image.file.save("photo.jpg", upload(encoded(raster(width, height))), save=False)
    image.save()
    if has_renditions:
        make_renditions.call(image.pk)
    return image


def figure(image):
    """What stands in a body for the picture."""
    return f'<figure data-image="{image.uid}"></figure>'
