"""Keys of new rows of a source list, which the page gives out before the rows are saved.

While somebody writes, markers in the body name rows that are not in the database yet, so the page gives each
new row the next key. By the time the form arrives somebody else may have taken that key, or have removed the
row that a key belonged to. Then the row gets another key and the markers of the body that came with it are
renamed, before anything else is done with the form: a form that is refused shows the new keys, too, so at no
time does a body hold one key for two sources.
"""

import re
from typing import NamedTuple

from articles.forms import number_of
from articles.models import Edition
from articles.rich_text import markers, rename_markers

KEY = re.compile(r"s([1-9][0-9]{0,4})")
_PREFIX = "citations"
_MOST_AHEAD = 1_000  # how far past the last key a page may give them out, so that nobody uses them up
_MOST_POSTED = 1_000  # rows that are looked at: more than a form may have


def last_key_number(article):
    """The highest number of a key that the story has had: in its list, in any edition, or in its saved body."""
    listed = article.citations.values_list("key", flat=True)
    printed = Edition.objects.filter(article=article).values_list("source_rows__key", flat=True)
    keys = [*listed, *printed.order_by(), *markers(article.body)]
    return max((int(key[1:]) for key in keys if key), default=0)


def with_free_keys(posted, *, article):
    """The posted form, a QueryDict, with keys that no other row has; its body's markers follow their rows.

    `article` is locked against others who give out keys, or is one that is not there yet. The same object
    comes back where nothing had to change.
    """
    rows = [row for row in _posted_rows(posted) if row.key]
    if not rows:
        return posted
    fields, names = _free_keys(rows, article=article)
    if not fields and not names:
        return posted
    changed = posted.copy()
    for name, key in fields.items():
        changed[name] = key
    if names and "body" in changed:
        changed["body"] = rename_markers(changed["body"], names)
    return changed


class _Row(NamedTuple):
    field: str  # the name of the field that holds its key
    key: str
    pk: str  # "" where it is new


def _posted_rows(posted):
    total = posted.get(f"{_PREFIX}-TOTAL_FORMS", "")
    for index in range(min(number_of(total) or 0, _MOST_POSTED)):
        name = f"{_PREFIX}-{index}-key"
        key = posted.get(name, "")
        yield _Row(name, key if KEY.fullmatch(key) else "", posted.get(f"{_PREFIX}-{index}-id", ""))


def _free_keys(rows, *, article):
    """({field: its new key}, {key in the body: key it becomes}) for the rows that cannot keep theirs."""
    held = {str(pk): key for pk, key in article.citations.values_list("pk", "key")} if article.pk else {}
    unsure = [row for row in rows if row.pk not in held]
    last = last_key_number(article) if unsure and article.pk else 0
    numbers = [int(row.key[1:]) for row in rows]
    following = max([last, *(number for number in numbers if number <= last + _MOST_AHEAD)]) + 1
    fields, names, kept = {}, {}, set()
    for row in unsure:
        if row.key not in kept and _is_free(row, held=held.values(), last=last):
            kept.add(row.key)
            continue
        fields[row.field], following = f"s{following}", following + 1
        if row.key not in kept:
            names[row.key] = fields[row.field]
    return fields, names


def _is_free(row, *, held, last):
    """Whether a row may have its key. The markers of a row that is gone may not fall to somebody else's."""
    if row.pk:
        return row.key not in held
    return last < int(row.key[1:]) <= last + _MOST_AHEAD
