"""What all pages for readers have in common: the same bytes for everybody, and how they may be kept."""

from functools import wraps

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

KEEP_AND_ASK = "public, no-cache"


def public(view):
    """A view that everybody gets the same bytes from: GET and HEAD only, kept by whoever asks again first.

    Such a view reads no session, user or message, and sets no cookie. Since it changes nothing, a POST needs
    no token to be told that it is not allowed (405). A page that nobody may keep says so itself.
    """

    @csrf_exempt
    @require_safe
    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", KEEP_AND_ASK)
        return response

    return answered
