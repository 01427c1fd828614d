"""Who gets to which page of the desk, by reading and by sending: every person, every address."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, resolve

from articles import publishing, versions
from articles.models import Coverage, DeskLogLine, Page, Pin, Tag, TagAlias
from articles.tests import desk
from articles.tests.photographs import stored
from articles.tests.stories import NOON, author, person, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db

# What each person is answered, in the order of desk.PEOPLE. 302 by reading is the way to the sign-in page; by
# sending it is also what follows when something was done.
PAGES = {
    "the list": [200, 200, 403, 200, 403, 200, 302],
    "a new story": [200, 200, 403, 403, 403, 200, 302],
    "the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "another's story": [403, 200, 403, 200, 403, 200, 302],
    "the log of the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "the log of another's story": [403, 200, 403, 200, 403, 200, 302],
    "deleting the reporter's story": [403, 200, 403, 403, 403, 200, 302],
    "deleting another's story": [403, 200, 403, 403, 403, 200, 302],
    "deleting a live story": [403, 403, 403, 403, 403, 403, 302],
    "publishing the reporter's story": [403, 200, 403, 403, 403, 200, 302],
    "publishing another's story": [403, 200, 403, 403, 403, 200, 302],
    "waving off advice on the reporter's story": [403, 302, 403, 403, 403, 302, 302],
    "waving off advice on another's story": [403, 302, 403, 403, 403, 302, 302],
    "cancelling a schedule": [403, 200, 403, 403, 403, 200, 302],
    "withdrawing": [403, 200, 403, 403, 403, 200, 302],
    "reviewing the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "reviewing another's story": [403, 200, 403, 200, 403, 200, 302],
    "versions of the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "versions of another's story": [403, 200, 403, 200, 403, 200, 302],
    "bringing back an own version": [200, 200, 403, 403, 403, 200, 302],
    "bringing back another's version": [403, 200, 403, 403, 403, 200, 302],
    "bringing back own words": [200, 200, 403, 403, 403, 200, 302],
    "redacting an own version": [403, 200, 403, 403, 403, 200, 302],
    "keeping a new story": [200, 200, 403, 403, 403, 200, 302],
    "keeping the reporter's story": [200, 200, 403, 403, 403, 200, 302],
    "keeping another's story": [403, 200, 403, 403, 403, 200, 302],
    "being at the reporter's story": [405, 405, 403, 403, 403, 405, 302],
    "being at another's story": [403, 405, 403, 403, 403, 405, 302],
    "notes on the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "notes on another's story": [403, 200, 403, 200, 403, 200, 302],
    "previewing the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "previewing another's story": [403, 200, 403, 200, 403, 200, 302],
    "preview links of the reporter's story": [200, 200, 403, 403, 403, 200, 302],
    "preview links of another's story": [403, 200, 403, 403, 403, 200, 302],
    "the site as it was": [200, 200, 403, 200, 403, 200, 302],
    "suggested stories": [200, 200, 403, 200, 403, 200, 302],
    "suggested sources": [200, 200, 403, 200, 403, 200, 302],
    "suggested tags": [200, 200, 403, 200, 403, 200, 302],
    "sources on record": [200, 200, 403, 200, 403, 200, 302],
    "tags": [200, 200, 403, 200, 403, 200, 302],
    "a tag": [200, 200, 403, 200, 403, 200, 302],
    "a new tag": [200, 200, 403, 403, 403, 200, 302],
    "merging tags": [403, 200, 403, 403, 403, 200, 302],
    "tag aliases": [403, 200, 403, 403, 403, 200, 302],
    "a tag alias": [403, 200, 403, 403, 403, 200, 302],
    "a new tag alias": [403, 403, 403, 403, 403, 403, 302],
    "sources": [200, 200, 403, 200, 403, 200, 302],
    "a source": [200, 200, 403, 200, 403, 200, 302],
    "a new source": [200, 200, 403, 403, 403, 200, 302],
    "pictures": [200, 200, 403, 200, 403, 200, 302],
    "a picture of the reporter": [200, 200, 403, 200, 403, 200, 302],
    "a picture of another": [200, 200, 403, 200, 403, 200, 302],
    "a new picture": [200, 200, 403, 403, 403, 200, 302],
    "deleting a picture": [403, 200, 403, 403, 403, 200, 302],
    "choosing a picture": [200, 200, 403, 200, 403, 200, 302],
    "taking in a picture": [405, 405, 403, 403, 403, 405, 302],
    "the file of a picture in no width": [404, 404, 403, 404, 403, 404, 302],
    "pins": [403, 200, 403, 403, 403, 200, 302],
    "a pin": [403, 200, 403, 403, 403, 200, 302],
    "a new pin": [403, 200, 403, 403, 403, 200, 302],
    "a coverage": [200, 200, 403, 200, 403, 200, 302],
    "a new coverage": [403, 200, 403, 403, 403, 200, 302],
    "a section": [200, 200, 403, 200, 403, 200, 302],
    "a new section": [403, 403, 403, 200, 403, 200, 302],
    "an author": [200, 200, 403, 200, 403, 200, 302],
    "a new author": [403, 200, 403, 200, 403, 200, 302],
    "a page of the footer": [403, 403, 403, 200, 403, 200, 302],
    "a new page of the footer": [403, 403, 403, 403, 403, 403, 302],
    "the desk's log": [403, 200, 403, 200, 403, 200, 302],
    "a line of the log": [403, 200, 403, 200, 403, 200, 302],
    "a new line of the log": [403, 403, 403, 403, 403, 403, 302],
    "people": [403, 403, 403, 200, 403, 200, 302],
    "a person": [403, 403, 403, 200, 403, 200, 302],
    "a superuser": [403, 403, 403, 200, 403, 200, 302],
    "a new person": [403, 403, 403, 200, 403, 200, 302],
    "a person's password": [403, 403, 403, 200, 403, 200, 302],
    "a superuser's password": [403, 403, 403, 403, 403, 200, 302],
    "deleting a person": [403, 403, 403, 403, 403, 403, 302],
    "authors": [200, 200, 403, 200, 403, 200, 302],
    "the history of an author": [200, 200, 403, 200, 403, 200, 302],
    "deleting an author": [403, 403, 403, 403, 403, 200, 302],
    "coverages": [200, 200, 403, 200, 403, 200, 302],
    "the history of a coverage": [200, 200, 403, 200, 403, 200, 302],
    "deleting a coverage": [403, 403, 403, 403, 403, 200, 302],
    "sections": [200, 200, 403, 200, 403, 200, 302],
    "the history of a section": [200, 200, 403, 200, 403, 200, 302],
    "deleting a section": [403, 403, 403, 403, 403, 200, 302],
    "the history of a line of the log": [403, 200, 403, 200, 403, 200, 302],
    "deleting a line of the log": [403, 403, 403, 403, 403, 403, 302],
    "the history of a picture": [200, 200, 403, 200, 403, 200, 302],
    "pages of the footer": [403, 403, 403, 200, 403, 200, 302],
    "the history of a page of the footer": [403, 403, 403, 200, 403, 200, 302],
    "deleting a page of the footer": [403, 403, 403, 403, 403, 403, 302],
    "the history of a pin": [403, 200, 403, 403, 403, 200, 302],
    "deleting a pin": [403, 403, 403, 403, 403, 403, 302],
    "the history of a source": [200, 200, 403, 200, 403, 200, 302],
    "deleting a source": [403, 403, 403, 403, 403, 200, 302],
    "the history of a tag": [200, 200, 403, 200, 403, 200, 302],
    "deleting a tag": [403, 403, 403, 403, 403, 403, 302],
    "the history of a tag alias": [403, 200, 403, 403, 403, 200, 302],
    "deleting a tag alias": [403, 403, 403, 403, 403, 403, 302],
    "the history of a person": [403, 403, 403, 200, 403, 200, 302],
}

# What is answered to an empty form that is sent: 200 or 422 is the form again with what is missing, 409 a story's
# form again that names no version.
SENDING = {
    "the list": [200, 200, 403, 200, 403, 200, 302],
    "a new story": [200, 200, 403, 403, 403, 200, 302],
    "the reporter's story": [409, 409, 403, 403, 403, 409, 302],
    "another's story": [403, 409, 403, 403, 403, 409, 302],
    "the log of the reporter's story": [200, 200, 403, 200, 403, 200, 302],
    "the log of another's story": [403, 200, 403, 200, 403, 200, 302],
    "deleting the reporter's story": [403, 200, 403, 403, 403, 200, 302],
    "deleting another's story": [403, 200, 403, 403, 403, 200, 302],
    "deleting a live story": [403, 403, 403, 403, 403, 403, 302],
    "publishing the reporter's story": [403, 200, 403, 403, 403, 200, 302],
    "publishing another's story": [403, 200, 403, 403, 403, 200, 302],
    "waving off advice on the reporter's story": [403, 302, 403, 403, 403, 302, 302],
    "waving off advice on another's story": [403, 302, 403, 403, 403, 302, 302],
    "cancelling a schedule": [403, 302, 403, 403, 403, 302, 302],
    "withdrawing": [403, 200, 403, 403, 403, 200, 302],
    "reviewing the reporter's story": [404, 404, 403, 404, 403, 404, 302],
    "reviewing another's story": [403, 404, 403, 404, 403, 404, 302],
    "versions of the reporter's story": [405, 405, 405, 405, 405, 405, 302],
    "versions of another's story": [405, 405, 405, 405, 405, 405, 302],
    "bringing back an own version": [302, 302, 403, 403, 403, 302, 302],
    "bringing back another's version": [403, 302, 403, 403, 403, 302, 302],
    "bringing back own words": [302, 302, 403, 403, 403, 302, 302],
    "redacting an own version": [403, 200, 403, 403, 403, 200, 302],
    "keeping a new story": [200, 200, 403, 403, 403, 200, 302],
    "keeping the reporter's story": [200, 200, 403, 403, 403, 200, 302],
    "keeping another's story": [403, 200, 403, 403, 403, 200, 302],
    "being at the reporter's story": [200, 200, 403, 403, 403, 200, 302],
    "being at another's story": [403, 200, 403, 403, 403, 200, 302],
    "notes on the reporter's story": [422, 422, 403, 403, 403, 422, 302],
    "notes on another's story": [403, 422, 403, 403, 403, 422, 302],
    "previewing the reporter's story": [405, 405, 405, 405, 405, 405, 302],
    "previewing another's story": [405, 405, 405, 405, 405, 405, 302],
    "preview links of the reporter's story": [302, 302, 403, 403, 403, 302, 302],
    "preview links of another's story": [403, 302, 403, 403, 403, 302, 302],
    "the site as it was": [405, 405, 405, 405, 405, 405, 302],
    "suggested stories": [200, 200, 403, 200, 403, 200, 302],
    "suggested sources": [405, 405, 405, 405, 405, 405, 302],
    "suggested tags": [405, 405, 405, 405, 405, 405, 302],
    "sources on record": [200, 200, 403, 200, 403, 200, 302],
    "tags": [200, 200, 403, 200, 403, 200, 302],
    "a tag": [403, 200, 403, 403, 403, 200, 302],
    "a new tag": [200, 200, 403, 403, 403, 200, 302],
    "merging tags": [403, 200, 403, 403, 403, 200, 302],
    "tag aliases": [403, 200, 403, 403, 403, 200, 302],
    "a tag alias": [403, 403, 403, 403, 403, 403, 302],
    "a new tag alias": [403, 403, 403, 403, 403, 403, 302],
    "sources": [200, 200, 403, 200, 403, 200, 302],
    "a source": [403, 200, 403, 403, 403, 200, 302],
    "a new source": [200, 200, 403, 403, 403, 200, 302],
    "pictures": [200, 200, 403, 200, 403, 200, 302],
    "a picture of the reporter": [200, 200, 403, 403, 403, 200, 302],
    "a picture of another": [403, 200, 403, 403, 403, 200, 302],
    "a new picture": [200, 200, 403, 403, 403, 200, 302],
    "deleting a picture": [403, 200, 403, 403, 403, 200, 302],
    "choosing a picture": [200, 200, 403, 200, 403, 200, 302],
    "taking in a picture": [200, 200, 403, 403, 403, 200, 302],
    "the file of a picture in no width": [404, 404, 403, 404, 403, 404, 302],
    "pins": [403, 200, 403, 403, 403, 200, 302],
    "a pin": [403, 302, 403, 403, 403, 302, 302],
    "a new pin": [403, 200, 403, 403, 403, 200, 302],
    "a coverage": [403, 200, 403, 403, 403, 200, 302],
    "a new coverage": [403, 200, 403, 403, 403, 200, 302],
    "a section": [403, 403, 403, 200, 403, 200, 302],
    "a new section": [403, 403, 403, 200, 403, 200, 302],
    "an author": [403, 200, 403, 200, 403, 200, 302],
    "a new author": [403, 200, 403, 200, 403, 200, 302],
    "a page of the footer": [403, 403, 403, 200, 403, 200, 302],
    "a new page of the footer": [403, 403, 403, 403, 403, 403, 302],
    "the desk's log": [403, 200, 403, 200, 403, 200, 302],
    "a line of the log": [403, 403, 403, 403, 403, 403, 302],
    "a new line of the log": [403, 403, 403, 403, 403, 403, 302],
    "people": [403, 403, 403, 200, 403, 200, 302],
    "a person": [403, 403, 403, 200, 403, 200, 302],
    "a superuser": [403, 403, 403, 403, 403, 200, 302],
    "a new person": [403, 403, 403, 200, 403, 200, 302],
    "a person's password": [403, 403, 403, 200, 403, 200, 302],
    "a superuser's password": [403, 403, 403, 403, 403, 200, 302],
    "deleting a person": [403, 403, 403, 403, 403, 403, 302],
    "authors": [200, 200, 403, 200, 403, 200, 302],
    "the history of an author": [200, 200, 403, 200, 403, 200, 302],
    "deleting an author": [403, 403, 403, 403, 403, 200, 302],
    "coverages": [200, 200, 403, 200, 403, 200, 302],
    "the history of a coverage": [200, 200, 403, 200, 403, 200, 302],
    "deleting a coverage": [403, 403, 403, 403, 403, 200, 302],
    "sections": [200, 200, 403, 200, 403, 200, 302],
    "the history of a section": [200, 200, 403, 200, 403, 200, 302],
    "deleting a section": [403, 403, 403, 403, 403, 200, 302],
    "the history of a line of the log": [403, 200, 403, 200, 403, 200, 302],
    "deleting a line of the log": [403, 403, 403, 403, 403, 403, 302],
    "the history of a picture": [200, 200, 403, 200, 403, 200, 302],
    "pages of the footer": [403, 403, 403, 200, 403, 200, 302],
    "the history of a page of the footer": [403, 403, 403, 200, 403, 200, 302],
    "deleting a page of the footer": [403, 403, 403, 403, 403, 403, 302],
    "the history of a pin": [403, 200, 403, 403, 403, 200, 302],
    "deleting a pin": [403, 403, 403, 403, 403, 403, 302],
    "the history of a source": [200, 200, 403, 200, 403, 200, 302],
    "deleting a source": [403, 403, 403, 403, 403, 200, 302],
    "the history of a tag": [200, 200, 403, 200, 403, 200, 302],
    "deleting a tag": [403, 403, 403, 403, 403, 403, 302],
    "the history of a tag alias": [403, 200, 403, 403, 403, 200, 302],
    "deleting a tag alias": [403, 403, 403, 403, 403, 403, 302],
    "the history of a person": [403, 403, 403, 200, 403, 200, 302],
}


def suggestions(model, field):
    return f"/admin/autocomplete/?app_label=articles&model_name={model}&field_name={field}&term=re"


@pytest.fixture
def addresses(reporter, superuser):
    """{what: address} of every page of the desk, over one story of the reporter and others of somebody else."""
    live = published("Live story", tags=["china"], bylines=[author()], sources=[source("Report")]).article
    return of_stories(reporter, live) | of_other_records(reporter, superuser, live) | of_stock_pages()


def of_stories(reporter, live):
    own, other, deletable = (
        write("Own story", by=reporter),
        write("Story of another"),
        write("Never scheduled"),
    )
    editor, address = person("editor", "Editors"), desk.address
    publishing.schedule(other, at=NOON + dt.timedelta(days=36_500), by=editor, now=NOON)
    twice = published("First", by=reporter).article
    rewrite(twice, headline="Second", by=reporter)
    publishing.publish(twice, by=editor, now=NOON + dt.timedelta(minutes=1))
    set_aside = versions.bring_back(twice, number=1, by=reporter)
    return {
        "the list": address("changelist"), "a new story": address("add"),
        "the reporter's story": address("change", own), "another's story": address("change", other),
        "the log of the reporter's story": address("history", own),
        "the log of another's story": address("history", other),
        "deleting the reporter's story": address("delete", own),
        "deleting another's story": address("delete", deletable), "deleting a live story": address("delete", live),
        "publishing the reporter's story": address("publish", own),
        "publishing another's story": address("publish", other),
        "waving off advice on the reporter's story": address("wave", own),
        "waving off advice on another's story": address("wave", other),
        "cancelling a schedule": address("cancel", other), "withdrawing": address("withdraw", live),
        "reviewing the reporter's story": address("review", own),
        "reviewing another's story": address("review", other),
        "versions of the reporter's story": address("versions", own),
        "versions of another's story": address("versions", other),
        "bringing back an own version": address("version", twice, 1),
        "bringing back another's version": address("version", live, 1),
        "bringing back own words": address("set_aside", twice, set_aside),
        "redacting an own version": address("redact", twice, 1),
        "keeping a new story": address("autosave_new"),
        "keeping the reporter's story": address("autosave", own),
        "keeping another's story": address("autosave", other),
        "being at the reporter's story": address("presence", own),
        "being at another's story": address("presence", other),
        "notes on the reporter's story": address("notes", own), "notes on another's story": address("notes", other),
        "previewing the reporter's story": address("preview", own),
        "previewing another's story": address("preview", other),
        "preview links of the reporter's story": address("previews", own),
        "preview links of another's story": address("previews", other), "the site as it was": address("past"),
    }  # fmt: skip


def of_other_records(reporter, superuser, live):
    tag, plain, address = Tag.objects.get(), person("somebody", "Reporters"), desk.address
    alias = TagAlias.objects.create(name="prc", tag=tag)
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    pin, line = Pin.objects.create(article=live, pinned_from=NOON), DeskLogLine.objects.first()
    own_picture, picture = stored(uploaded_by=reporter), stored()
    return {
        "suggested stories": address("suggest") + "?term=live",
        "suggested sources": suggestions("citation", "source"), "suggested tags": suggestions("articletag", "tag"),
        "sources on record": address("known", model="source") + "?term=re",
        "tags": address("changelist", model="tag"), "a tag": address("change", tag, model="tag"),
        "a new tag": address("add", model="tag"),
        "merging tags": address("merge", model="tag") + f"?tag={tag.pk}",
        "tag aliases": address("changelist", model="tagalias"),
        "a tag alias": address("change", alias, model="tagalias"),
        "a new tag alias": address("add", model="tagalias"),
        "sources": address("changelist", model="source"),
        "a source": address("change", source("Report"), model="source"),
        "a new source": address("add", model="source"),
        "pictures": address("changelist", model="image"),
        "a picture of the reporter": address("change", own_picture, model="image"),
        "a picture of another": address("change", picture, model="image"),
        "a new picture": address("add", model="image"),
        "deleting a picture": address("delete", picture, model="image"),
        "choosing a picture": address("pick", model="image"), "taking in a picture": address("upload", model="image"),
        "the file of a picture in no width": address("file", picture.uid, model="image"),
        "pins": address("changelist", model="pin"), "a pin": address("change", pin, model="pin"),
        "a new pin": address("add", model="pin"),
        "a coverage": address("change", coverage, model="coverage"),
        "a new coverage": address("add", model="coverage"),
        "a section": address("change", section(), model="section"),
        "a new section": address("add", model="section"),
        "an author": address("change", author(), model="author"), "a new author": address("add", model="author"),
        "a page of the footer": address("change", Page.objects.first(), model="page"),
        "a new page of the footer": address("add", model="page"),
        "the desk's log": address("changelist", model="desklogline"),
        "a line of the log": address("change", line, model="desklogline"),
        "a new line of the log": address("add", model="desklogline"),
        "people": address("changelist", model="user"), "a person": address("change", plain, model="user"),
        "a superuser": address("change", superuser, model="user"), "a new person": address("add", model="user"),
        "a person's password": f"/admin/articles/user/{plain.pk}/password/",
        "a superuser's password": f"/admin/articles/user/{superuser.pk}/password/",
        "deleting a person": address("delete", plain, model="user"),
    }  # fmt: skip


STOCK = {
    "author": ("authors", "an author", ["changelist", "history", "delete"]),
    "coverage": ("coverages", "a coverage", ["changelist", "history", "delete"]),
    "section": ("sections", "a section", ["changelist", "history", "delete"]),
    "page": ("pages of the footer", "a page of the footer", ["changelist", "history", "delete"]),
    "desklogline": ("", "a line of the log", ["history", "delete"]),
    "image": ("", "a picture", ["history"]),
    "pin": ("", "a pin", ["history", "delete"]),
    "source": ("", "a source", ["history", "delete"]),
    "tag": ("", "a tag", ["history", "delete"]),
    "tagalias": ("", "a tag alias", ["history", "delete"]),
    "user": ("", "a person", ["history"]),
}


def of_stock_pages():
    """The pages that the stock admin brings for every model, for the first record of each."""
    found = {}
    for model, (many, one, pages) in STOCK.items():
        record = apps.get_model("articles", model).objects.order_by("pk").first()
        names = {"changelist": many, "history": f"the history of {one}", "delete": f"deleting {one}"}
        for page in pages:
            found[names[page]] = desk.address(page, *([] if page == "changelist" else [record]), model=model)
    return found


def test_every_page_answers_each_person_as_the_table_says(client, who, addresses):
    answered = {what: client.get(where).status_code for what, where in addresses.items()}
    assert answered == {what: answers[desk.PEOPLE.index(who)] for what, answers in PAGES.items()}


def test_every_form_answers_each_person_as_the_table_says(client, who, addresses):
    answered = {what: client.post(addresses[what]).status_code for what in SENDING}
    assert answered == {what: answers[desk.PEOPLE.index(who)] for what, answers in SENDING.items()}


def test_the_tables_name_every_address_of_the_desk(addresses):
    named = {resolve(urlsplit(where).path).url_name for where in addresses.values()}
    ours = {name for name in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(name, str)}
    assert {name for name in ours if name.startswith("articles_")} <= named
    assert set(PAGES) == set(SENDING) == set(addresses)


def test_forms_need_the_token_of_their_page(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    article = write()
    for name in ("change", "publish", "cancel", "withdraw"):
        assert client.post(desk.address(name, article)).status_code == 403


def test_a_refusal_is_a_page_that_says_whom_to_ask(client, reporter):
    client.force_login(reporter)
    response = client.get(desk.address("publish", write(by=reporter)))
    assert response.status_code == 403
    assert "Your account may not publish this story. Ask an editor to do it." in response.text


@pytest.mark.parametrize("name", ["change", "history", "delete"])
def test_a_story_that_is_not_there_leads_back_to_the_desk(client, editor, name):
    client.force_login(editor)
    response = client.get(desk.address(name, 4_000_000_000))
    assert (response.status_code, response.url) == (302, "/admin/")


@pytest.mark.parametrize("name", ["publish", "cancel", "withdraw"])
def test_a_story_that_is_not_there_cannot_be_published(client, editor, name):
    client.force_login(editor)
    assert client.get(desk.address(name, 4_000_000_000)).status_code == 404
