"""The pages that the footer links to: there from the first day, the desk's to change, cleaned at output."""

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Page
from articles.pages import PAGES, keep_pages
from articles.tests.reading import fetch, read, texts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", PAGES)
def test_a_new_site_has_the_page_with_plain_words_and_the_footer_links_to_it(client, slug):
    tree = read(client, f"/{slug}/")
    assert texts(tree, "//h1") == [str(PAGES[slug][0])]
    assert texts(tree, "//div[@class='prose']/p")[: len(PAGES[slug][1])] == [
        str(words) for words in PAGES[slug][1]
    ]
    assert f"/{slug}/" in texts(tree, "//footer//a/@href")


@pytest.mark.parametrize(("slug", "is_there"), [("contact", True), ("privacy", True), ("about", False)])
def test_the_desks_address_of_today_stands_where_readers_are_told_to_write(client, settings, slug, is_there):
    settings.CONTACT = "new@news.example"
    assert ("mailto:new@news.example" in texts(read(client, f"/{slug}/"), "//main//a/@href")) is is_there


@pytest.mark.parametrize(
    "words",
    [
        "e-mail address, which is never shown",
        "keyed hash",
        "dropped after 30 days",
        "To have a comment erased",
        "To see everything we keep of you",
        "Every letter has a link that stops them all",
    ],
)
def test_commenters_are_told_what_is_kept_of_them(client, words):
    assert words in texts(read(client, "/privacy/"), "//main")[0]


def test_making_the_pages_again_leaves_the_desks_words_alone(client):
    Page.objects.filter(slug="about").update(title="Who we are", body="<p>Us.</p>")
    Page.objects.filter(slug="contact").delete()
    call_command("migrate", verbosity=0)
    assert texts(read(client, "/about/"), "//h1") == ["Who we are"]
    assert Page.objects.count() == len(PAGES)


def test_a_database_that_has_no_such_table_yet_is_left_alone():
    class Apps:
        def get_model(self, *names):
            raise LookupError

    keep_pages(using=connection.alias, apps=Apps())
    assert Page.objects.count() == len(PAGES)


def test_what_came_in_round_the_editor_is_cleaned_when_it_is_printed(client):
    Page.objects.filter(slug="about").update(
        title="<i>About</i>",
        body='<p onclick="x()">Us <em>two</em>.<script>alert(1)</script><sup data-cite="s1"></sup></p>',
    )
    page = fetch(client, "/about/").content.decode()
    assert "<p>Us <em>two</em>.</p>" in page
    assert '<h1 class="title">&lt;i&gt;About&lt;/i&gt;</h1>' in page


def test_a_page_whose_row_is_missing_is_none(client):
    Page.objects.filter(slug="about").delete()
    fetch(client, "/about/", status=404)
