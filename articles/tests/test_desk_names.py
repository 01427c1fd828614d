"""Sources, sections, coverage, pins and the footer's pages in the admin."""

import pytest
import time_machine

from articles.models import Article, Coverage, Edition, Page, Pin, Section, Source
from articles.models.article import State
from articles.tests import desk
from articles.tests.stories import NOON, author, published, section, source, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON.replace(hour=13), tick=False) as traveller:
        yield traveller


def test_a_shared_source_is_changed_on_its_own_page_and_readers_keep_what_was_printed(desk_client):
    report = source("Report")
    articles = [published(f"Story {number}", sources=[report]).article for number in range(2)]
    response = desk.send(
        desk_client, desk.address("change", report, model="source"), title="Report of the city"
    )
    assert (
        "2 stories cite this source. Readers see the new words when they are published again."
        in desk.said(desk_client, response)
    )
    assert Edition.objects.live().filter(article=articles[0]).get().sources[0]["title"] == "Report"
    states = Article.objects.with_state().values_list("state", flat=True)
    assert set(states) == {State.LIVE_CHANGED}


def test_a_renamed_author_leaves_stories_to_publish_again(client, administrator):
    client.force_login(administrator)
    name = author("Jon Smth")
    story = published(bylines=[name]).article
    response = desk.send(client, desk.address("change", name, model="author"), name="Jon Smith")
    assert "1 story names this author. Readers see the new name when it is published again." in desk.said(
        client, response
    )
    assert Edition.objects.live().get(article=story).bylines[0]["name"] == "Jon Smth"
    assert Article.objects.with_state().get(pk=story.pk).state == State.LIVE_CHANGED


def test_a_change_of_a_source_that_nothing_prints_leaves_stories_alone(desk_client):
    report = source("Report")
    published("Story", sources=[report])
    desk.send(desk_client, desk.address("change", report, model="source"))
    assert Article.objects.with_state().get().state == State.LIVE


def test_a_source_whose_address_is_on_record_is_refused(desk_client):
    source("Report", url="https://city.example/")
    response = desk.send(
        desk_client, desk.address("add", model="source"), title="Twin", url="https://city.example/"
    )  # fmt: skip
    assert "This address is on record: “Report”." in response.text


def test_a_new_source_gets_its_slug_from_its_title(desk_client):
    desk.send(desk_client, desk.address("add", model="source"), title="Übersicht der Stadt")
    assert Source.objects.get().slug == "übersicht-der-stadt"


def test_the_list_of_sources_counts_who_cites_them(desk_client, django_assert_max_num_queries):
    report = source("Report")
    for number in range(3):
        write(f"Story {number}", sources=[report, source(f"Other {number}")])
    with django_assert_max_num_queries(8):
        text = desk_client.get(desk.address("changelist", model="source")).text
    assert "3 stories" in text


def test_the_slug_of_a_section_stays_when_it_is_renamed(client, administrator):
    client.force_login(administrator)
    desk.send(client, desk.address("add", model="section"), name="Science & health")
    added = Section.objects.get()
    assert added.slug == "science-health"
    desk.send(client, desk.address("change", added, model="section"), name="Science")
    added.refresh_from_db()
    assert (added.name, added.slug) == ("Science", "science-health")


@pytest.mark.parametrize("model", ["section", "coverage", "author", "source"])
def test_nobody_deletes_what_stories_rest_on(client, superuser, model):
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    write("Story", sources=[source("Report")], coverage=coverage, bylines=[author("Ana")])
    record = {
        "section": section(),
        "coverage": coverage,
        "author": author("Ana"),
        "source": source("Report"),
    }[model]
    client.force_login(superuser)
    response = client.post(desk.address("delete", record, model=model), {"post": "yes"})
    assert "cannot be deleted, because these rest on it. Nothing was changed." in response.text
    assert type(record).objects.filter(pk=record.pk).exists()


def test_a_story_is_pinned_in_the_desks_time(desk_client):
    story = published("Lead").article
    desk.send(
        desk_client, desk.address("add", model="pin"), article=str(story.pk), place="lead", position="0",
        pinned_from="2025-06-09T15:00", pinned_until="2025-06-10T15:00",
    )  # fmt: skip
    pin = Pin.objects.get()
    assert pin.pinned_from == NOON.replace(hour=13)
    assert Pin.objects.in_force(at=pin.pinned_from).get() == pin
    assert not Pin.objects.in_force(at=pin.pinned_until).exists()
    assert "9 June 2025, 15:00" in desk_client.get(desk.address("changelist", model="pin")).text


def test_a_pin_ends_after_it_begins(desk_client):
    story = published("Lead").article
    response = desk.send(
        desk_client, desk.address("add", model="pin"), article=str(story.pk), place="lead", position="0",
        pinned_from="2025-06-10T15:00", pinned_until="2025-06-09T15:00",
    )  # fmt: skip
    assert "Choose an end after the beginning, or leave it empty." in response.text


def test_a_page_of_the_footer_has_its_words_changed_and_cleaned(client, administrator):
    about = Page.objects.get(slug="about")
    client.force_login(administrator)
    page = desk.address("change", about, model="page")
    desk.send(client, page, title="About us", body="<p>We report.<script>alert(1)</script></p>")
    about.refresh_from_db()
    assert (about.title, about.body) == ("About us", "<p>We report.</p>")
    assert client.get("/about/").status_code == 200


def test_a_coverage_may_be_empty(desk_client):
    desk.send(desk_client, desk.address("add", model="coverage"), name="The bridge")
    assert Coverage.objects.get().slug == "the-bridge"
