"""The answers to a request that cannot be read, and to one that could not be carried out."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from django.views.decorators.csrf import requires_csrf_token

TRY_AGAIN = 10  # seconds after which a request may be sent again


@requires_csrf_token
def bad_request(request, exception):
    """413 for a form that holds more than the site takes, else 400, with a sentence that says what to do next."""
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return render(request, "400.html", {"is_too_large": is_too_large}, status=413 if is_too_large else 400)


def server_error(request):
    """503 where the database did not answer, or not in time, and may the next time; else 500. Asks no database."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return defaults.server_error(request)
    headers = {"Cache-Control": "no-store", "Retry-After": TRY_AGAIN}
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
