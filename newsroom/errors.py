"""The answer to a request that cannot be read: too large, or not what any form of the site sends."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def bad_request(request, exception):
    """413 for a form that holds more than the site takes, else 400, with a sentence that says what to do next."""
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return render(request, "400.html", {"is_too_large": is_too_large}, status=413 if is_too_large else 400)
