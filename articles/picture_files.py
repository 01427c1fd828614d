"""The files of pictures. Whether one may be shown is asked anew for each request."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response

from articles import times
from articles.models import Edition, Image
from articles.pictures import is_sealed
from articles.public import KEEP_AND_ASK, public

FOLDER = "images/"
INTERNAL = "/internal/media/"  # where nginx keeps the files, closed to the outside: see the README
_HEADERS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


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
    """The bytes of a stored picture, or 304; `kept` is the Cache-Control. Raises Http404 where it is missing."""
    etag = f'"{stored.removeprefix(FOLDER)}"'  # a stored file never changes
    response = get_conditional_response(request, etag=etag) or _bytes_of(
        stored, is_head=request.method == "HEAD"
    )
    for name, value in (_HEADERS | {"Cache-Control": kept, "ETag": etag}).items():
        response.headers[name] = value
    return response


def _bytes_of(stored, *, is_head):
    kind = _TYPES[stored.rpartition(".")[2]]
    if settings.X_ACCEL:
        return HttpResponse(content_type=kind, headers={"X-Accel-Redirect": f"{INTERNAL}{stored}"})
    try:
        if is_head:
            size = default_storage.size(stored)
            return HttpResponse(content_type=kind, headers={"Content-Length": size})
        return FileResponse(default_storage.open(stored), content_type=kind)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing.") from error
