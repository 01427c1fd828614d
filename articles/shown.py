"""What a page shows, by name, and until when: so that a change drops the pages that show it, and no others.

While a page is made, what it reads notes names: `story:7` for any edition of that story, `tag:5` for the words of
a tag, `list:tag:5` for which stories carry it, `latest` for which are the newest. Whoever changes something says
the same names with `changes`, inside the transaction. Rows that were read as models are noted by themselves, and a
saved row changes its own name; what is read as bare values, and lists that something may enter, are noted by hand.

Names are made of words and numbers of this database, and nobody outside the process ever has to read them.
"""

import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from articles import signals

EVERYTHING = "everything"  # a change of which it is unknown what it touches: it drops every page
ANYTHING = "anything"  # noted where it is unknown what was read: every change drops such a page
LATEST = "latest"  # which stories are the newest of the site
SITEMAP = "sitemap"  # how far the numbers of the sitemap reach
SEARCH = "search"  # what a search may find
CORRECTIONS = "corrections"  # which corrections are public
COMMENTS = "comments"  # which comments of the site are public
SECTIONS = "sections"  # the navigation
PINS = "pins"
PLANS = "plans"  # what is going to change by itself: a page is kept, but its end is asked for anew
PUBLISHERS = "publishers"  # which publisher a source has
SITE = "list:site"  # which stories are live
MODERATION = "moderation"  # the public report of it

_page: ContextVar["Shown | None"] = ContextVar("shown", default=None)


@dataclass
class Shown:
    """The names of what a page shows, and the moment (aware) from which it would show something else, if any."""

    names: set[str] = field(default_factory=set)
    until: dt.datetime | None = None


@contextmanager
def noting():
    """Gives a Shown that gathers what is noted inside."""
    shown = Shown()
    token = _page.set(shown)
    try:
        yield shown
    finally:
        _page.reset(token)


def shows(*names):
    """Notes that the page being made shows what these names stand for. Does nothing where no page is made."""
    if shown := _page.get():
        shown.names.update(names)


def shows_until(moment):
    """Notes that the page being made would be another one from that moment on (aware; None for never)."""
    shown = _page.get()
    if shown and moment and (shown.until is None or moment < shown.until):
        shown.until = moment


def noted_so_far():
    """(names, until) of what the page being made has noted up to now, as in Shown; nothing where no page is made."""
    shown = _page.get() or Shown()
    return frozenset(shown.names), shown.until


def changes(*names):
    """Tells whoever keeps pages that what these names stand for changes with the transaction that runs, or now."""
    signals.changing.send(None, names=frozenset(names))


def story(number):
    """The words and facts of the story of that article's number."""
    return f"story:{number}"


def record(kind, number):
    """The words of a record, as the rows of models are noted by themselves: `record("tag", 5)`."""
    return f"{kind}:{number}"


def listed(kind, number):
    """Which stories a record files: `listed("tag", 5)`."""
    return f"list:{kind}:{number}"


def slug(kind, words):
    """What a record's address leads to, whether there is such a record or not."""
    return f"slug:{kind}:{words}"


def address(path):
    """What the address of a story answers, whether one ever stood there or not."""
    return f"address:{path}"


def thread(number):
    """The public comments of the story of that article's number, and whether it takes more."""
    return f"thread:{number}"


class Noted:
    """A mixin of models: each row read while a page is made is noted by its `shown_as`."""

    @classmethod
    def from_db(cls, db, field_names, values, **options):  # Django 6.1 gives it one more
        row = super().from_db(db, field_names, values, **options)
        if shown := _page.get():
            shown.names.add(row.shown_as)
        return row

    @property
    def shown_as(self):
        """The name that stands for this row's words."""
        return record(self._meta.model_name, self.pk)
