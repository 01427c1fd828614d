"""Headers that Django and its companions do not set, or set on too much."""

from django.middleware.gzip import GZipMiddleware


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
