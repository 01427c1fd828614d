"""The files of pictures. Whether one may be shown is asked anew for each request.

They come from a folder or from a bucket (see `articles.bucket`), under the same address and headers.
"""

import logging

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from articles import times
from articles.models import Edition, Image
from articles.pictures import is_sealed
from articles.public import KEEP_AND_ASK, public

FOLDER = "images/"
# Where nginx has the files, and where it fetches those of a bucket, both closed to the outside: see the README.
INTERNAL, INTERNAL_BUCKET = "/internal/media/", "/internal/bucket"
TRY_AGAIN = 10  # seconds after which whoever was refused a file may ask again
_HEADERS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}

logger = logging.getLogger(__name__)


@public
def picture_file(request, name):
    """A file of a picture that stands in a story on the site, or in an earlier version of one; else the one 404.

    Nobody gets it once the rights have ended. A seal (see `articles.pictures`) opens those of a preview.
    """
    now, stored = times.now(), f"{FOLDER}{name}"
    showing = Edition.objects.once_live(at=now).filter(image_rows__image=OuterRef("pk"))
    images = Image.objects.having_file(stored).shown(at=now).annotate(is_public=Exists(showing))
    image = images.first()
    if not image or not (image.is_public or is_sealed(str(image.uid), request.GET.get("seal", ""))):
        raise Http404("No picture on the site has this file.")
    return file_response(request, stored, kept=KEEP_AND_ASK if image.is_public else "private, no-store")


def file_response(request, stored, *, kept):
    """The bytes of a stored picture, or 304; `kept` is the Cache-Control. Raises Http404 where it is missing.

    503 where the place that keeps it does not answer: nobody is to take that for a picture that is gone.
    """
    etag = f'"{stored.removeprefix(FOLDER)}"'  # a stored file never changes
    try:
        response = get_conditional_response(request, etag=etag) or _bytes_of(stored, method=request.method)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing.") from error
    except OSError as error:
        logger.warning("The picture file %s cannot be read: %s", stored, error)
        return _away()
    for name, value in (_HEADERS | {"Cache-Control": kept, "ETag": etag}).items():
        response.headers[name] = value
    return response


def _bytes_of(stored, *, method):
    kind = _TYPES[stored.rpartition(".")[2]]
    if settings.X_ACCEL:
        where = _internal_address(stored, method=method)
        return HttpResponse(content_type=kind, headers={"X-Accel-Redirect": where})
    if method == "HEAD":
        return HttpResponse(content_type=kind, headers={"Content-Length": default_storage.size(stored)})
    return FileResponse(default_storage.open(stored), content_type=kind)


def _internal_address(stored, *, method):
    """Where nginx has the bytes from; of a bucket an address that is signed, and never seen by a reader."""
    if settings.MEDIA_BUCKET:
        return f"{INTERNAL_BUCKET}{default_storage.signed_path(stored, method=method)}"
    return f"{INTERNAL}{stored}"


def _away():
    """What a browser shows in place of the picture is the description; the words are for whoever looks at the file."""
    sentence = _("The pictures cannot be reached at the moment. Try again in a moment.")
    headers = _HEADERS | {"Cache-Control": "no-store", "Retry-After": TRY_AGAIN}
    return HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8", headers=headers)
