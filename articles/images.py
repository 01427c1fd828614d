"""Pictures as people send them: what is taken in, and as what it is kept.

What a file is, its content says and not its name. It is kept as its pixels alone: turned upright, in the
colours of sRGB, without the camera's notes of place and time. Decoding takes a second and much memory, so
its size is read first, and nothing here may stand inside a transaction.
"""

import io
import re

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image as Raster
from PIL import ImageCms, ImageOps

MOST_MEGABYTES = 20
MOST_MEGAPIXELS = 50
LONGEST_SIDE = 16_000  # pixels; WebP ends at 16,383
# What is taken in, and as what it is kept: the format, its ending, and how it is written. Somebody waits for
# it: of twelve megapixels a JPEG that is optimised takes six times as long, a PNG at the usual level three times.
_KEPT_AS = {
    "JPEG": ("JPEG", "jpg", {"quality": 90}),
    "MPO": ("JPEG", "jpg", {"quality": 90}),  # a JPEG with a preview
    "PNG": ("PNG", "png", {"compress_level": 3}),
    "GIF": ("PNG", "png", {"compress_level": 3}),
    "WEBP": ("WEBP", "webp", {"quality": 90}),
}
_MAY_MOVE = {"PNG", "GIF", "WEBP"}
_OURS = rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP"
# How other kinds of files begin, so that the sentence can name what was sent.
_OTHERS = [
    (
        rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg\b",
        gettext_lazy("an SVG drawing"),
    ),
    (rb"%PDF-", gettext_lazy("a PDF document")),
    (rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", gettext_lazy("an HEIC photograph")),
    (rb"....ftypavi[fs]", gettext_lazy("an AVIF picture")),
    (rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI", gettext_lazy("a film")),
    (rb"II\*\x00|MM\x00\*", gettext_lazy("a TIFF picture or a camera’s raw file")),
    (rb"BM....\x00\x00", gettext_lazy("a BMP picture")),
    (rb"8BPS", gettext_lazy("a Photoshop document")),
    (rb"\x00\x00\x01\x00", gettext_lazy("an icon")),
    (rb"PK\x03\x04", gettext_lazy("an archive or an office document")),
    (rb"\xff\xfb|ID3|OggS|RIFF....WAVE", gettext_lazy("a sound")),
    (rb"\s*<(?:!DOCTYPE html|html)", gettext_lazy("a web page")),
    (rb"MZ|\x7fELF", gettext_lazy("a program")),
    (rb"[\t\n\r\x20-\x7e]+\Z", gettext_lazy("a text")),
]


class PictureRefused(ValidationError):
    """The file cannot be taken in; `messages` holds one sentence that names it and says what to do."""


def take_in(upload):
    """What is to be stored of an uploaded file: a ContentFile, called by the ending that its content has.

    `upload` has `name`, `size` and `read()`. Raises PictureRefused.
    """
    if upload.size > MOST_MEGABYTES * 1024 * 1024:
        sentence = _("“%(name)s” has %(size)s MB. Choose a picture of %(most)s MB or less.")
        size = -(-upload.size // (1024 * 1024))
        raise PictureRefused(sentence % {"name": upload.name, "size": size, "most": MOST_MEGABYTES})
    raster = _opened(upload.name, upload.read())
    try:
        pixels = _upright_in_srgb(raster)
    except Exception as error:  # whatever a decoder meets in a broken file, of which each has its own
        raise _damaged(upload.name) from error
    kept_as, ending, options = _KEPT_AS[raster.format]
    return ContentFile(_written(pixels, kept_as, **options), name=f"picture.{ending}")


def _opened(name, data):
    """The picture, of which only the header has been read."""
    too_large = _(
        "“%(name)s” is too large to be opened. Make it smaller first: %(most)s million pixels at most, and "
        "%(side)s on a side."
    ) % {"name": name, "most": MOST_MEGAPIXELS, "side": f"{LONGEST_SIDE:,}"}
    try:
        raster = Raster.open(io.BytesIO(data), formats=["JPEG", "PNG", "GIF", "WEBP"])
    except (Raster.DecompressionBombError, Raster.DecompressionBombWarning) as error:
        raise PictureRefused(too_large) from error
    except Exception as error:
        if re.match(_OURS, data, re.DOTALL):
            raise _damaged(name) from error
        sentence = _("“%(name)s” is %(kind)s. Choose a JPEG, PNG, WebP or GIF picture.")
        raise PictureRefused(sentence % {"name": name, "kind": _kind_of(data)}) from error
    if raster.width * raster.height > MOST_MEGAPIXELS * 1_000_000 or max(raster.size) > LONGEST_SIDE:
        raise PictureRefused(too_large)
    if raster.format in _MAY_MOVE and _moves(name, raster):
        raise PictureRefused(_("“%(name)s” is a moving picture. Choose a still one.") % {"name": name})
    return raster


def _moves(name, raster):
    """Whether the picture has a second frame, which a decoder goes and looks for."""
    try:
        return getattr(raster, "is_animated", False)
    except Exception as error:
        raise _damaged(name) from error


def _damaged(name):
    sentence = _("“%(name)s” breaks off or is damaged. Save or export it again, then choose it.")
    return PictureRefused(sentence % {"name": name})


def _kind_of(data):
    begins = data[:1024]
    for pattern, words in _OTHERS:
        if re.match(pattern, begins, re.DOTALL | re.IGNORECASE):
            return words
    return _("no picture that we can read")


def _upright_in_srgb(raster):
    """The decoded pixels alone, in mode RGB, or RGBA where something shines through."""
    profile = raster.info.get("icc_profile")
    upright = ImageOps.exif_transpose(raster)
    if upright.mode.startswith("I;16"):
        upright = upright.point(lambda value: value / 256).convert("L")
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    if upright.mode not in ("RGB", "RGBA", "L", "CMYK"):
        upright = upright.convert(mode)
    pixels = _converted(upright, profile, mode) if profile else upright.convert(mode)
    pixels.info = {}  # what is left here would be written again
    return pixels


def _converted(raster, profile, mode):
    """In sRGB, by the profile that came with the picture; as it is where that profile is of no use."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if raster.mode == mode and ImageCms.getProfileDescription(given).startswith("sRGB"):
            return raster.copy()
        return ImageCms.profileToProfile(raster, given, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return raster.convert(mode)


def _written(pixels, kept_as, **options):
    written = io.BytesIO()
    pixels.save(written, kept_as, **options)
    return written.getvalue()
