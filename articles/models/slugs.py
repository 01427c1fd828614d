"""Slugs: the words of an address. Unicode letters stay; a slug is never empty and never taken twice."""

import unicodedata

import regex

SLUG_LENGTH = 80
# Marks are kept with their letters, for Hindi and Thai write their vowels with them; those of emoji go.
_NOT_OF_A_SLUG = regex.compile(r"[^\p{L}\p{M}\p{N}\s_-]|(?<![\p{L}\p{M}])\p{M}")
_GAPS = regex.compile(r"[-\s]+")


def slug_from(text, *, fallback):
    """The words of `text` as a slug of at most 80 characters, cut at a word; `fallback` when none are left."""
    slug = _GAPS.sub("-", _NOT_OF_A_SLUG.sub("", unicodedata.normalize("NFKC", text).lower())).strip("-_")
    if len(slug) > SLUG_LENGTH:
        head, _, _ = slug[: SLUG_LENGTH + 1].rpartition("-")
        slug = head or slug[:SLUG_LENGTH]
    return slug.strip("-_") or fallback


def free_slug(wanted, *, is_taken):
    """`wanted`, or `wanted-2`, `wanted-3` … : the first for which `is_taken(slug)` is false."""
    slug, number = wanted, 1
    while is_taken(slug):
        number += 1
        slug = f"{wanted}-{number}"
    return slug
