"""A publisher's page: the live stories that cite anything of it, each once, and nothing that readers may not know."""

import datetime as dt

import pytest
import time_machine

from articles import publishing
from articles.models import Source
from articles.tests.reading import headlines, read, texts
from articles.tests.stories import NOON, published, rewrite, source, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def city(title):
    return source(title, publisher="City of Bruges")


def listed(client):
    return headlines(read(client, "/publishers/city-of-bruges/"))


def test_a_story_that_cites_several_sources_of_a_publisher_stands_there_once(client):
    published("Older", at=NOON, sources=[city("One"), city("Two")])
    published("Newer", at=NOON + MINUTE, sources=[city("Two"), source("Other", publisher="Ghent")])
    published("Elsewhere", sources=[source("Other")])
    assert listed(client) == ["Newer", "Older"]


def test_the_page_names_the_publisher_and_counts_its_stories(client):
    published("One", sources=[city("One"), city("Two")])
    published("Two", sources=[city("One")])
    tree = read(client, "/publishers/city-of-bruges/")
    assert texts(tree, "//h1/text()") == ["City of Bruges"]
    assert "2 articles." in " ".join(texts(tree, "//div[@class='intro']/p"))


def test_a_source_leads_to_its_publisher(client):
    published("One", sources=[city("Report")])
    tree = read(client, "/sources/report/")
    assert texts(tree, "//div[@class='intro']//a/@href") == ["/publishers/city-of-bruges/"]
    assert listed(client) == ["One"]


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn", "no longer citing"])
def test_a_publisher_that_no_live_story_cites_has_no_page(client, editor, state):
    article = write("Story", sources=[city("Report")])
    if state == "scheduled":
        publishing.schedule(article, at=NOON + 5 * MINUTE, by=editor, now=NOON)
    elif state != "draft":
        publishing.publish(article, by=editor, now=NOON)
    if state == "withdrawn":
        publishing.withdraw(article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    if state == "no longer citing":
        article.citations.all().delete()
        publishing.publish(rewrite(article), by=editor, now=NOON + MINUTE)
    with time_machine.travel(NOON + 2 * MINUTE, tick=False):
        assert client.get("/publishers/city-of-bruges/").status_code == 404


def test_the_name_is_that_of_a_source_that_readers_know(client):
    Source.objects.create(title="Hidden", publisher="CITY of bruges", slug="hidden")
    published("One", sources=[city("Report")])
    assert texts(read(client, "/publishers/city-of-bruges/"), "//h1/text()") == ["City of Bruges"]


def test_the_list_goes_on_page_by_page_without_losing_a_story(client):
    cited = [city("One"), city("Two")]
    for number in range(23):
        published(f"Story {number:02}", at=NOON + number * MINUTE, sources=cited)
    first = read(client, "/publishers/city-of-bruges/")
    [older] = texts(first, "//a[@rel='next']/@href")
    found = headlines(first) + headlines(read(client, older))
    assert found == [f"Story {number:02}" for number in reversed(range(23))]
