"""Where a post comes from: a keyed hash of a truncated address, and how often one such network, and all, may post.

The address itself is never stored, and the hash says nothing without the site's secret key.
"""

import datetime as dt
import ipaddress
import math

from django.conf import settings

from comments.hashes import keyed_hash
from comments.models import Comment

# Homes and offices share one of these; the single machine in it is nobody's business.
PREFIXES = {4: 24, 6: 48}


def network_of(request):
    """The keyed hash (64 hex digits) of the network that the request comes from.

    Requests whose address cannot be read share one hash, so that they are limited together.
    """
    return keyed_hash("network", _truncated(_address(request)))


def _address(request):
    """The client's address as told by somebody who can be believed; "" where nobody tells it.

    Behind proxies that is an entry of X-Forwarded-For, counted from the right: each proxy appends the address it
    saw, and all that stands before the first proxy's entry is what the client claims. Without a proxy the whole
    header is the client's own invention.
    """
    if not settings.PROXY_COUNT:
        return request.META.get("REMOTE_ADDR", "")
    entries = request.headers.get("x-forwarded-for", "").split(",")
    return entries[-settings.PROXY_COUNT].strip() if len(entries) >= settings.PROXY_COUNT else ""


def _truncated(address):
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((int(ip), PREFIXES[ip.version]), strict=False))


def seconds_to_wait(network, *, at):
    """How long this network has to wait at that moment before it may post; 0 when it may.

    Counted in the table of comments, which all processes share: those of the network, and those of the whole
    site, whose limit holds as long as the network's is not off. On PostgreSQL posts that arrive in the very
    same moment may not see each other yet, so a few more than the limit can slip through.
    """
    if settings.COMMENT_RATE is None:
        return 0
    of_network = (
        Comment.objects.filter(network=network).order_by("-posted_at").values_list("posted_at", flat=True)
    )
    of_site = Comment.objects.order_by("-pk").values_list(
        "posted_at", flat=True
    )  # one index, and nothing to sort
    return max(
        _wait(of_network, settings.COMMENT_RATE, at=at), _wait(of_site, settings.COMMENT_RATE_SITE, at=at)
    )


def _wait(moments, rate, *, at):
    """The seconds until the rate (how many, in how many seconds; None for no limit) allows one more.

    `moments` are those of all there were, the newest first.
    """
    if rate is None:
        return 0
    count, seconds = rate
    ends = (moment + dt.timedelta(seconds=seconds) for moment in moments[count - 1 : count])
    return max((math.ceil((end - at).total_seconds()) for end in ends if end > at), default=0)
