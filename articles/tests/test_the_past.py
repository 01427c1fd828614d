"""The site as it was: `?at=` on the front page and on a story, for anyone, less what readers may no longer see."""

import datetime as dt

import pytest
import time_machine
from lxml import html

from articles import publishing
from articles.models import Edition, Pin, Section
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests.crowds import crowd
from articles.tests.reading import MINUTE, NOW, fetch, read, texts
from articles.tests.stories import NOON, person, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
THEN = NOON + 10 * MINUTE
AT = "?at=2025-06-09T14:10"  # THEN, in Brussels
STORY = "/2025/06/09/bridge/"
SHOWN = "//main//*[self::h2 or self::h3 or self::li]/a[contains(@href, '/2025/')]"


def shown(tree):
    """The headlines of the stories on a page, in its order, the rail's last."""
    return texts(tree, SHOWN)


def withdraw(edition, *, at=THEN + MINUTE):
    publishing.withdraw(edition.article, by=person("editor", "Editors"), reason="A doubt.", now=at)


def replace(edition, *, at=THEN + MINUTE, change=Change.UPDATE, correction=None, **fields):
    rewrite(edition.article, **fields)
    editor = person("editor", "Editors")
    return publishing.publish(edition.article, by=editor, change=change, correction=correction, now=at)


def redact(edition, *, at=THEN + 2 * MINUTE):
    """Takes out what an edition said, after another one has taken its place."""
    replace(edition, headline="Other words", body="<p>Other words.</p>")
    Edition.objects.filter(pk=edition.pk).redact(by=person("editor", "Editors"), at=at)


def moved(edition, slug):
    return replace(edition, slug=slug)


# --- what it shows


def test_a_story_is_read_in_the_words_it_had_then(client):
    edition = published("Bridge", body="<p>Old words.</p>")
    replace(edition, body="<p>New words.</p>", headline="Bridge, later")
    tree = read(client, STORY + AT)
    assert texts(tree, "//h1") == ["Bridge"]
    assert texts(tree, "//div[@class='prose']") == ["Old words."]
    assert texts(read(client, STORY), "//div[@class='prose']") == ["New words."]


def test_the_front_page_has_the_stories_it_had_then_in_the_order_they_had(client):
    first, second = published("First"), published("Second", at=NOON + MINUTE)
    pin = Pin.objects.create(article=first.article, pinned_from=NOON, pinned_until=THEN)
    served = {at: shown(read(client, "/", at=at)) for at in (THEN - MINUTE, THEN)}
    published("Third", at=THEN + MINUTE)
    replace(second, headline="Second, later")
    Pin.objects.create(article=second.article, pinned_from=NOW - MINUTE)
    assert pin.pinned_until == THEN
    assert shown(read(client, "/?at=2025-06-09T14:09")) == served[THEN - MINUTE]
    assert shown(read(client, "/" + AT)) == served[THEN]
    assert [served[at][0] for at in (THEN - MINUTE, THEN)] == ["First", "Second"]


def test_the_page_says_what_it_is_and_leads_back_to_now(client):
    published("Bridge")
    for address, back in (("/", "/"), (STORY, STORY)):
        tree = read(client, address + AT)
        [strip] = tree.xpath("//aside[@class='strip']")
        sentence = "You are reading the site as it was on 9 June 2025, 14:10 Brussels time."
        assert texts(strip, ".//p") == [f"{sentence} Go to the site as it is now"]
        assert strip.xpath(".//p/a/@href") == [back]
        assert strip.xpath(".//time/@datetime") == ["2025-06-09T14:10:00+02:00"]
        assert strip.xpath(".//input[@name='at']/@value") == ["2025-06-09T14:10"]
        title = {
            "/": "Newsroom as it was on 9 June 2025, 14:10",
            STORY: "Bridge (9 June 2025, 14:10) | Newsroom",
        }
        assert texts(tree, "//title") == [title[address]]


@pytest.mark.parametrize("address", ["/", STORY])
def test_no_cache_keeps_it_and_no_search_engine_lists_it(client, address):
    published("Bridge")
    response = fetch(client, address + AT)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "ETag" not in response.headers
    assert not response.cookies
    tree = html.document_fromstring(response.content.decode())
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert tree.xpath("//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8000{address}"]
    assert tree.xpath("//meta[@property] | //script") == []  # what machines read is of today


def test_its_links_lead_to_the_past_where_there_is_one(client):
    other = published("Other", at=NOON - MINUTE)
    published("Bridge", related=[other.article], tags=["span"])
    for address in ("/", STORY):
        tree = read(client, address + AT)
        stories = tree.xpath("//main//a[contains(@href, '/2025/')]/@href")
        assert stories
        assert {href.partition("?")[2] for href in stories} == {AT[1:]}
        assert tree.xpath("//a[@class='wordmark']/@href") == ["/" + AT]
        assert tree.xpath("//nav[@aria-label='Sections']//a/@href") == ["/sections/world/"]
    assert fetch(client, other.path + AT).status_code == 200


def test_head_is_answered(client):
    published("Bridge")
    with time_machine.travel(NOW, tick=False):
        for address in ("/", STORY):
            head = client.head(address + AT)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["Cache-Control"] == "no-store"
            assert client.post(address + AT).status_code == 405


@pytest.mark.parametrize("address", ["/", STORY, "/sections/world/", "/archive/"])
def test_a_page_without_it_is_the_same_as_ever(client, address):
    published("Bridge")
    plain = fetch(client, address)
    assert fetch(client, f"{address}?when=2025-06-09T14:10&AT=1").content == plain.content
    assert "noindex" not in plain.content.decode()
    assert "strip" not in plain.content.decode()


@pytest.mark.parametrize("address", ["/sections/world/", "/archive/", "/corrections/"])
def test_other_pages_are_those_of_today(client, address):
    published("Bridge")
    assert fetch(client, address + AT).content == fetch(client, address).content


def test_it_costs_at_most_six_queries_however_large_the_site_is(client, bridge, count_queries):
    addresses = ["/" + AT, bridge.path + AT]
    crowd(bridge, [NOON - n * MINUTE for n in range(5)])
    few = [count_queries(address) for address in addresses]
    crowd(bridge, [NOON - n * MINUTE for n in range(60)])
    assert [count_queries(address) for address in addresses] == few
    assert max(few) <= 6


# --- what it leaves out


@pytest.mark.parametrize("take_away", [withdraw, redact])
def test_what_was_taken_away_since_leaves_its_place_empty(client, take_away):
    stories = [published(f"Story {n}", at=NOON - n * MINUTE) for n in range(16)]
    for position in (1, 2):
        Pin.objects.create(
            article=stories[position + 4].article, place=Pin.Place.PINNED, position=position, pinned_from=NOON
        )
    served = shown(read(client, "/", at=THEN))
    gone = [stories[n] for n in (0, 2, 6, 9)]  # the lead, one of the band, a pinned one, the rail's last
    for edition in gone:
        take_away(edition)
    kept = [headline for headline in served if headline not in {edition.headline for edition in gone}]
    tree = read(client, "/" + AT)
    assert shown(tree) == kept
    assert texts(tree, "//article[@class='lead']") == []


@pytest.mark.parametrize("take_away", [withdraw, redact])
def test_beside_a_story_nothing_moves_up_either(client, take_away):
    others = [published(f"Story {n}", at=NOON - n * MINUTE) for n in range(1, 13)]
    published("Bridge", related=[edition.article for edition in others[:3]])
    served = shown(read(client, STORY, at=THEN))
    take_away(others[1])
    assert shown(read(client, STORY + AT)) == [headline for headline in served if headline != "Story 2"]


def test_stories_picked_for_a_lead_that_was_withdrawn_since_stay(client):
    one, two = published("One"), published("Two")
    lead = published("Lead", at=NOON + MINUTE, related=[two.article, one.article])
    served = shown(read(client, "/", at=THEN))
    withdraw(lead)
    tree = read(client, "/" + AT)
    assert shown(tree) == [headline for headline in served if headline != "Lead"]
    assert texts(tree, "//ul[@aria-label='More stories']/li") == ["Two", "One"]


@pytest.mark.parametrize("take_away", [withdraw, redact])
def test_no_tag_is_named_that_only_such_stories_carried(client, take_away):
    published("Kept", tags=["shared"])
    take_away(published("Gone", tags=["secret", "shared"], at=NOON + MINUTE))
    tree = read(client, "/" + AT)
    assert texts(tree, "//nav[@aria-label='In the news']/span") == ["#shared"]
    assert "secret" not in fetch(client, "/" + AT).content.decode()


def test_a_story_withdrawn_since_answers_as_it_does_today(client):
    withdraw(published("Bridge"))
    assert fetch(client, STORY + AT, status=410).content == fetch(client, STORY, status=410).content


def test_a_story_published_again_is_read_as_it_was(client):
    edition = published("Bridge", body="<p>Old words.</p>")
    withdraw(edition)
    replace(edition, at=THEN + 5 * MINUTE, body="<p>New words.</p>")
    assert texts(read(client, STORY + AT), "//div[@class='prose']") == ["Old words."]
    away = read(client, STORY + "?at=2025-06-09T14:13", status=404)
    assert texts(away, "//h1") == ["This story was not on the site then"]


def test_a_redacted_version_says_so_and_no_word_of_itself(client):
    redact(published("Secretword", slug="bridge", body="<p>Secretword.</p>"))
    tree = read(client, STORY + AT, status=410)
    assert texts(tree, "//h1") == ["This version has been taken out"]
    assert "The version that stood here at that moment can no longer be read." in texts(tree, "//main")[0]
    assert texts(tree, "//main//h3/a") == ["Other words"]
    assert "secretword" not in fetch(client, STORY + AT, status=410).content.decode().lower()


def test_a_story_that_came_later_says_so_and_leads_to_today(client):
    published("Early", at=NOON - MINUTE)
    published("Bridge", at=THEN + MINUTE)
    response = fetch(client, STORY + AT, status=404)
    assert response.headers["Cache-Control"] == "no-store"
    tree = html.document_fromstring(response.content.decode())
    assert texts(tree, "//h1") == ["This story was not on the site then"]
    assert "It was published later, or had been taken off the site for a time." in texts(tree, "//main")[0]
    assert tree.xpath("//main//h3/a/@href") == [STORY]


def test_corrections_are_those_that_were_public_then(client):
    edition = published("Bridge")
    corrected = Corrected(was="Nine", now="Ten")
    replace(edition, at=NOON + MINUTE, change=Change.CORRECTION, correction=corrected)
    replace(edition, change=Change.CORRECTION, correction=Corrected(was="Red", now="Blue"))
    assert texts(read(client, STORY + AT), "//section[@id='corrections']//dd") == ["Nine", "Ten"]
    assert texts(read(client, STORY + "?at=2025-06-09T14:00"), "//section[@id='corrections']") == []
    assert len(texts(read(client, STORY), "//section[@id='corrections']//dd")) == 4


@pytest.mark.parametrize("kind", ["draft", "scheduled", "never"])
def test_what_readers_may_not_know_of_answers_like_a_page_that_never_was(client, editor, kind):
    published("Elsewhere")
    never = fetch(client, STORY + AT, status=404)
    if kind != "never":
        article = write("Bridge", slug="bridge")
    if kind == "scheduled":
        publishing.schedule(article, at=NOW + MINUTE, by=editor, now=NOON)
    answer = fetch(client, STORY + AT, status=404)
    assert (answer.content, answer.headers) == (never.content, never.headers)
    assert "Bridge" not in fetch(client, "/" + AT).content.decode()


def test_an_address_that_is_planned_leads_nowhere(client, editor):
    edition = published("Bridge")
    rewrite(edition.article, slug="secret")
    publishing.schedule(edition.article, at=NOW + MINUTE, by=editor, now=THEN)
    fetch(client, "/2025/06/09/secret/" + AT, status=404)


# --- where a story stood


def test_an_address_of_later_leads_to_where_the_story_stood_then(client):
    moved(published("Bridge"), "reopened")
    response = fetch(client, "/2025/06/09/reopened/" + AT, status=302)
    assert response.headers["Location"] == STORY + AT
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert texts(read(client, STORY + AT), "//h1") == ["Bridge"]
    later = fetch(client, STORY + "?at=2025-06-09T14:11", status=302)
    assert later.headers["Location"] == "/2025/06/09/reopened/?at=2025-06-09T14:11"


# --- which moment


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        ("2025-06-09T14:10", "2025-06-09T14:10", "9 June 2025, 14:10"),
        ("2025-06-09T14:10:07", "2025-06-09T14:10:07", "9 June 2025, 14:10:07"),
        ("2025-06-09T12:10Z", "2025-06-09T14:10", "9 June 2025, 14:10"),
        ("2025-06-09T08:10-04:00", "2025-06-09T14:10", "9 June 2025, 14:10"),
        ("2025-06-09T14:10%2B02:00", "2025-06-09T14:10", "9 June 2025, 14:10"),
        ("2025-06-09T14:10+02:00", "2025-06-09T14:10", "9 June 2025, 14:10"),
        ("2025-06-09 14:10", "2025-06-09T14:10", "9 June 2025, 14:10"),
        ("2025-06-10", "2025-06-10T00:00", "10 June 2025, 00:00"),
    ],
)
def test_a_moment_is_local_or_has_an_offset(client, asked, value, words):
    published("Bridge")
    tree = read(client, f"/?at={asked}")
    assert tree.xpath("//aside[@class='strip']//input/@value") == [value]
    assert texts(tree, "//aside[@class='strip']//time") == [words]


def test_the_hour_that_comes_twice_can_be_asked_for_with_its_offset(client):
    published("Bridge", at=NOON - dt.timedelta(days=365))
    summer = read(client, "/?at=2024-10-27T02:30%2B02:00")
    winter = read(client, "/?at=2024-10-27T02:30%2B01:00")
    assert summer.xpath("//main//h2/a/@href") == ["/2024/06/09/bridge/?at=2024-10-27T02:30%2B02:00"]
    assert winter.xpath("//main//h2/a/@href") == ["/2024/06/09/bridge/?at=2024-10-27T02:30%2B01:00"]
    fetch(client, summer.xpath("//main//h2/a/@href")[0])


NO_MOMENT = "That is no day and time. Choose one, or write it as 2025-06-03T10:00."
FUTURE = "That moment has not come yet. Choose one in the past."
LEFT_OUT = "On 30 March 2025 the clocks go forward, and Brussels has no 02:30. Choose another time."
TWICE = "On 27 October 2024 the clocks go back, and 02:30 comes twice in Brussels. Choose another time."
EMPTY = "Nothing that was on the site then can be read today. Choose a later moment."


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ("", 400, "Choose a day and a time."),
        ("yesterday", 400, NO_MOMENT),
        ("2025-06-31T10:00", 400, NO_MOMENT),
        ("2025-06-09T25:00", 400, NO_MOMENT),
        ("2025-06-09T14:10+99:00", 400, NO_MOMENT),
        ("%00", 400, NO_MOMENT),
        ("%ff", 400, NO_MOMENT),
        ("<script>alert(1)</script>", 400, NO_MOMENT),
        ("9" * 5_000, 400, NO_MOMENT),
        ("0001-01-01T00:00", 400, "Choose a year between 1970 and 2199."),
        ("9999-12-31T23:59-12:00", 400, "Choose a year between 1970 and 2199."),
        ("2025-03-30T02:30", 400, LEFT_OUT),
        ("2024-10-27T02:30", 400, TWICE),
        ("2025-06-10T14:00:01", 404, FUTURE),
        ("2199-01-01T00:00", 404, FUTURE),
        ("2025-06-09T13:59", 404, EMPTY),
        ("1970-01-01T00:00", 404, EMPTY),
    ],
)  # fmt: skip
def test_a_moment_that_cannot_be_shown_leads_to_a_page_where_one_is_chosen(client, asked, status, sentence):
    published("Bridge")
    response = fetch(client, f"/?at={asked}", status=status)
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    tree = html.document_fromstring(response.content.decode())
    assert texts(tree, "//p[@class='field-error']") == [f"Error: {sentence}"]
    [form] = tree.xpath("//main//form")
    assert (form.get("method", "get").lower(), form.get("action")) == ("get", None)
    assert form.xpath(".//input/@name") == ["at"]
    assert tree.xpath("//main//p/a/@href") == ["/"]
    assert "The oldest story here was published on 9 June 2025, 14:00." in texts(tree, "//main")[0]


def test_the_last_moment_that_can_be_asked_for_is_now(client):
    published("Bridge")
    assert shown(read(client, "/?at=2025-06-10T14:00")) == shown(read(client, "/"))


@pytest.mark.parametrize("path", [STORY, "/2025/06/09/never/"])
def test_a_story_asked_for_at_no_moment_answers_the_same_whether_it_is_there_or_not(client, path):
    published("Bridge")
    tree = read(client, f"{path}?at=never", status=400)
    assert texts(tree, "//p[@class='field-error']") == [f"Error: {NO_MOMENT}"]
    assert tree.xpath("//main//p/a/@href") == [path]


def test_a_site_without_stories_has_no_past(client):
    tree = read(client, "/" + AT, status=404)
    assert texts(tree, "//p[@class='field-error']") == [f"Error: {EMPTY}"]
    assert "The oldest story" not in texts(tree, "//main")[0]


def test_todays_names_of_sections_are_shown(client):
    published("Bridge", section=section("World"), sources=[source("Report")])
    Section.objects.update(name="The world")
    assert texts(read(client, STORY + AT), "//header[@class='article-head']/p/a") == ["The world"]
