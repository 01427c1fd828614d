"""Hashes that say nothing without the site's secret key, each kind with a key of its own."""

from django.utils.crypto import salted_hmac


def keyed_hash(kind, text):
    """64 hex digits that stand for the text among those of its kind: `network`, `email` …"""
    return salted_hmac(f"comments.{kind}", text, algorithm="sha256").hexdigest()
