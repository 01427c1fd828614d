"""Where a post comes from: a keyed hash of a truncated address.

The address itself is never stored, and the hash says nothing without the site's secret key.
"""

import ipaddress

from django.conf import settings

from comments.hashes import keyed_hash

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
