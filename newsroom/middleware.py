"""Headers that Django and its companions do not set."""


class ResourcePolicyMiddleware:
    """`Cross-Origin-Resource-Policy: same-origin` on everything: no other site can embed our bytes."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
