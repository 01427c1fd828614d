"""Where a post comes from: a keyed hash of a truncated address, and how often one such network may post.

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
    """The client's address as told by somebody who can be believed.

    Behind a proxy that is the last entry of X-Forwarded-For: the proxy appends the address it saw, and all
    before it is what the client claims. Without one the header is the client's own invention.
    """
    if settings.IS_BEHIND_PROXY:
        return request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def _truncated(address):
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((int(ip), PREFIXES[ip.version]), strict=False))


def seconds_to_wait(network, *, at):
    """How long this network has to wait at that moment before it may post; 0 when it may.

    Counted in the table of comments, which all processes share. On PostgreSQL posts that arrive in the very
    same moment may not see each other yet, so a few more than the limit can slip through.
    """
    if settings.COMMENT_RATE is None:
        return 0
    count, seconds = settings.COMMENT_RATE
    span = dt.timedelta(seconds=seconds)
    lately = Comment.objects.filter(network=network, posted_at__gt=at - span).order_by("-posted_at")
    times = lately.values_list("posted_at", flat=True)[count - 1 : count]
    return max((math.ceil((posted_at + span - at).total_seconds()) for posted_at in times), default=0)
