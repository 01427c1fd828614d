"""One record for each address: spellings that mean the same page are recognised, others are kept apart."""

import pytest

from articles.models import Source
from articles.models.sources import address_key
from articles.tests import desk
from articles.tests.stories import source, write

pytestmark = pytest.mark.django_db

ADDRESS = "https://city.example/news/report-2025"
# Spellings of one address, each beside another.
SAME = [
    (ADDRESS, "http://city.example/news/report-2025"),
    (ADDRESS, "https://city.example/news/report-2025/"),
    (ADDRESS, "https://city.example/news/report-2025#chapter-2"),
    (ADDRESS, "https://city.example/news/report-2025#:~:text=funding"),
    (ADDRESS, "https://city.example/news/report-2025?utm_source=newsletter&utm_medium=mail"),
    (ADDRESS, "https://city.example/news/report-2025/?fbclid=IwAR0x#top"),
    (ADDRESS, "https://CITY.example:443/news/report-2025"),
    (ADDRESS, "  https://city.example/news/report-2025 "),
    ("https://city.example/~ana/report", "https://city.example/%7Eana/report"),
    ("https://city.example/a%2fb", "https://city.example/a%2Fb"),
    ("https://city.example", "http://city.example/"),
    ("https://city.example/", "https://city.example/?utm_campaign=x#a"),
    ("https://city.example/watch?v=a1&t=9", "https://city.example/watch?v=a1&gclid=7&t=9"),
    ("https://city.example/caf%C3%A9", "https://city.example/café"),
    ("https://city.example/caf%c3%a9/", "https://city.example/café"),
    ("https://bücher.example/liste", "https://xn--bcher-kva.example/liste"),
    ("http://city.example:8080/a", "http://city.example:8080/a/"),
]
DIFFERENT = [
    (ADDRESS, "https://city.example/news/report-2024"),
    (ADDRESS, "https://city.example/news/Report-2025"),
    (ADDRESS, "https://city.example/news/report-2025/annex"),
    (ADDRESS, "https://city.example/news/report-2025?page=2"),
    (ADDRESS, "https://www.city.example/news/report-2025"),
    (ADDRESS, "https://city.example.evil.example/news/report-2025"),
    (ADDRESS, "https://city.example:8443/news/report-2025"),
    (ADDRESS, "ftp://city.example/news/report-2025"),
    ("https://city.example/", "https://city.example/a"),
    ("https://city.example/a%2Fb", "https://city.example/a/b"),
    ("https://city.example/watch?v=a1", "https://city.example/watch?v=A1"),
    ("https://city.example/?a=1&b=2", "https://city.example/?b=2&a=1"),
    ("https://city.example/?source=utm_source", "https://city.example/"),
    ("not an address", "not another"),
    ("http://[::1", "http://[::2"),
]


@pytest.mark.parametrize(("recorded", "typed"), SAME + [(typed, recorded) for recorded, typed in SAME])
def test_spellings_of_one_address_find_its_record(recorded, typed):
    assert address_key(recorded) == address_key(typed)
    known = source("Report", url=recorded.strip())
    source("Another", url="https://city.example/news/another")
    assert Source.objects.at_address(typed) == known


@pytest.mark.parametrize(
    ("recorded", "typed"), DIFFERENT + [(typed, recorded) for recorded, typed in DIFFERENT]
)
def test_addresses_that_differ_stay_apart(recorded, typed):
    assert address_key(recorded) != address_key(typed)
    source("Report", url=recorded)
    assert Source.objects.at_address(typed) is None


def test_of_two_records_the_one_spelt_so_is_found():
    source("First", url="http://city.example/a")
    exact = source("Second", url="https://city.example/a")
    assert Source.objects.at_address("https://city.example/a") == exact
    assert Source.objects.at_address("https://city.example/a/").title == "First"


def test_sources_without_address_are_at_none():
    source("Report")
    assert Source.objects.at_address("") is None


@pytest.mark.parametrize("typed", ["http://city.example/news/report-2025/?utm_source=x", ADDRESS])
def test_a_row_with_a_known_address_uses_the_record(client, editor, typed):
    known, article = source("Report", publisher="City", url=ADDRESS), write()
    client.force_login(editor)
    row = desk.rows("citations", title="As I call it", url=typed)
    assert desk.send(client, desk.address("change", article), **row).status_code == 302
    assert article.citations.get().source == known
    assert Source.objects.get().url == ADDRESS


def test_two_rows_with_spellings_of_one_new_address_are_one_source(client, editor):
    article = write()
    client.force_login(editor)
    typed = desk.rows("citations", title="A", url=ADDRESS, title_1="B", url_1=f"{ADDRESS}/")
    response = desk.send(client, desk.address("change", article), **typed, **{"citations-TOTAL_FORMS": "2"})
    assert "This source is in the list already." in response.text
    assert not Source.objects.exists()


def test_the_address_is_stored_as_it_was_typed(client, editor):
    article, typed = write(), f"{ADDRESS}/?utm_source=x#top"
    client.force_login(editor)
    desk.send(client, desk.address("change", article), **desk.rows("citations", title="Report", url=typed))
    assert Source.objects.get().url == typed


def test_a_second_record_of_one_address_is_refused(client, editor):
    source("Report", publisher="City", url=ADDRESS)
    client.force_login(editor)
    page = desk.address("add", model="source")
    response = desk.send(client, page, title="Again", url=f"{ADDRESS}/")
    assert "This address is on record: “Report (City)”." in response.text
    assert desk.filled_in(response)["title"] == "Again"
    assert Source.objects.count() == 1


def test_a_record_may_change_the_spelling_of_its_own_address(client, editor):
    known = source("Report", url=ADDRESS)
    client.force_login(editor)
    desk.send(client, desk.address("change", known, model="source"), url=f"{ADDRESS}/")
    known.refresh_from_db()
    assert known.url == f"{ADDRESS}/"


# What the page asks while somebody types


@pytest.fixture
def ask(client, editor):
    client.force_login(editor)
    return lambda **query: client.get(desk.address("known", model="source"), query).json()["results"]


def test_the_page_is_told_which_source_stands_at_an_address(ask):
    known = source("Report", publisher="City", url=ADDRESS)
    assert ask(address=f"{ADDRESS}/#top") == [
        {"pk": known.pk, "title": "Report", "publisher": "City", "url": ADDRESS, "name": "Report (City)"}
    ]
    assert ask(address="https://city.example/other") == []
    assert ask(address="http://[") == []


def test_the_page_is_told_which_sources_hold_all_words_typed(ask):
    source("Annual report", publisher="City"), source("Report", publisher="Ghent")
    source("Minutes", url="https://city.example/minutes")
    assert [row["title"] for row in ask(term="city report")] == ["Annual report"]
    assert [row["title"] for row in ask(term="CITY")] == ["Annual report", "Minutes"]
    assert ask(term=" ") == ask() == []


def test_at_most_eight_sources_are_suggested(ask):
    for number in range(10):
        source(f"Report {number}")
    assert len(ask(term="report")) == 8
