"""What is refused before a post is read: other sites' forms, and more than a reply can be.

A page that is cached whole carries no token made for one reader, so a post is believed for what the browser
says about where it comes from.
"""

from urllib.parse import urlsplit

from django.conf import settings

# 5,000 characters of four bytes each, percent-encoded, are 60 KB. Twice that is still read, so that somebody
# who wrote too much gets the text back with a message.
BODY_LIMIT = 128 * 1024
LOOPBACK = {"127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 - compared with, not bound to


def is_too_big(request):
    """Whether the body is announced as bigger than any reply. Asked before anything of it is parsed."""
    announced = request.headers.get("content-length") or "0"
    return not announced.isdecimal() or int(announced) > BODY_LIMIT


def is_foreign(request):
    """Whether the post was sent by a page of another site, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None and origin is None:
        referrer = request.headers.get("Referer")
        return referrer is not None and _origin_of(referrer) not in _own_origins(request)
    return site not in (None, "same-origin") or (origin is not None and origin not in _own_origins(request))


def _own_origins(request):
    """The site's public origin; on one's own machine also the one the browser used, such as localhost."""
    own = {_origin_of(settings.SITE_URL)}
    if urlsplit(settings.SITE_URL).hostname in LOOPBACK:
        own.add(f"{request.scheme}://{request.get_host()}".lower())
    return own


def _origin_of(url):
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}".lower()
