"""Headers that Django and its companions do not set, or set on too much; and one moment for all that a page reads."""

from contextlib import contextmanager

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import Error, connection
from django.middleware.gzip import GZipMiddleware

from articles import times
from articles.kept import kept

SNAPSHOT = "newsroom.snapshot"  # in the environ: all that the page reads is to be of one moment


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, which would put the policy together anew for each answer that changes nothing in it."""

    def process_response(self, request, response):
        has_nonce = vars(request).get("_csp_nonce") is not None
        if settings.DEBUG or has_nonce or any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, kept(HEADER, build_policy))
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)
        return response


class ResourcePolicyMiddleware:
    """`Cross-Origin-Resource-Policy: same-origin` on everything: no other site can embed our bytes."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class CompressTextMiddleware(GZipMiddleware):
    """Leaves pictures alone: they are compressed already, and a file being streamed would be compressed anew."""

    def process_response(self, request, response):
        if response.headers.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)


class ReadersGetNoTokenMiddleware:
    """Keeps the desk's CSRF cookie off the pages of readers. Stands right after CsrfViewMiddleware.

    That one replaces a cookie that is no token of its own on whatever page it comes with.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.resolver_match or request.resolver_match.app_name != "admin":
            request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
        return response


class SnapshotMiddleware:
    """Has a page for readers read the database as of one moment. Stands last: views and the 404 page lie within.

    Without it what is committed between two queries of a page would be in one half of it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.META.get(SNAPSHOT):
            return self.get_response(request)
        # The moment first: what is planned for later and taken back meanwhile is then not read as live.
        with times.standing_still(), snapshot():
            return self.get_response(request)


@contextmanager
def snapshot():
    """All queries inside see the same state. Nothing can be written inside. Costs no query that is counted."""
    if connection.in_atomic_block:
        yield
        return
    try:
        connection.close_if_health_check_failed()  # a new connection later on would see another moment
        connection.ensure_connection()
        begin = (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            if connection.vendor == "postgresql"
            else "BEGIN"
        )
        _ = connection.features.supports_json_field  # Django finds out once, by a transaction of its own
        driver = connection.connection
        with connection.wrap_database_errors:
            driver.execute(begin)
    except Error:
        yield  # the page says by itself that the database does not answer
        return
    try:
        yield
    finally:
        if connection.connection is driver:
            with connection.wrap_database_errors:
                driver.execute("ROLLBACK")
