"""The history of a story: its versions as they were read, what changed between them, and nothing else."""

import datetime as dt

import pytest
from lxml import html

from articles import publishing
from articles.models import Coverage, Edition
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests.reading import MINUTE, NOW, fetch, read, texts
from articles.tests.stories import NOON, author, person, published, rewrite, source

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/bridge/"
HISTORY, SECOND_ONE, CHANGES = f"{STORY}history/", f"{STORY}history/2/", f"{STORY}history/1..2/"
PAGES = {"list": HISTORY, "version": SECOND_ONE, "changes": CHANGES}
DAY = dt.timedelta(days=1)


def replaced(edition, *, at, change=Change.UPDATE, note="", correction=None, **fields):
    """The next edition of the same story, with these fields changed."""
    rewrite(edition.article, **fields)
    options = {"change": change, "note": note, "correction": correction}
    return publishing.publish(edition.article, by=person("editor", "Editors"), now=at, **options)


def redacted(edition, *, at):
    Edition.objects.filter(pk=edition.pk).redact(by=person("editor", "Editors"), at=at)


@pytest.fixture
def first():
    return published(
        "Bridge", standfirst="One standfirst.", body="<p>One body.</p>", tags=["span"], bylines=[author("Ana")],
        sources=[source("Report")],
    )  # fmt: skip


@pytest.fixture
def second(first):
    return replaced(
        first, at=NOON + MINUTE, note="Added the toll", headline="Bridge opens", body="<p>Two body.</p>"
    )


@pytest.fixture
def third(second):
    corrected = Corrected(was="Two", now="Three")
    return replaced(
        second,
        at=NOON + 2 * MINUTE,
        change=Change.CORRECTION,
        correction=corrected,
        body="<p>Three body.</p>",
    )


# --- the list


def test_the_history_lists_the_versions_newest_first(client, third):
    tree = read(client, HISTORY)
    items = tree.xpath("//ol[@class='versions']/li")
    assert [texts(item, "./strong | ./p") for item in items] == [
        ["Version 3", "9 June 2025, 14:02", "Correction", "Compare with version 2"],
        ["Version 2", "9 June 2025, 14:01", "Update: Added the toll", "Compare with version 1"],
        ["Version 1", "9 June 2025, 14:00", "First published"],
    ]
    assert texts(tree, "//ol[@class='versions']//a/@href") == [
        f"{HISTORY}3/", f"{HISTORY}2..3/", f"{HISTORY}2/", f"{HISTORY}1..2/", f"{HISTORY}1/",
    ]  # fmt: skip
    assert texts(tree, "//h1") == ["Versions"]
    assert texts(tree, "//p[@class='intro']") == ["Bridge opens"]
    assert texts(tree, "//p[@class='kicker']/a/@href") == [STORY]


def test_a_story_that_never_changed_says_so(client, first):
    tree = read(client, HISTORY)
    sentence = "This article has one version: its words have not changed since it was published."
    assert texts(tree, "//main/p[@class='hint']") == [sentence]
    assert texts(tree, "//ol[@class='versions']/li/strong") == ["Version 1"]


def test_the_list_says_of_a_redacted_version_when_it_went_and_offers_no_comparison_with_it(
    client, second, third
):
    redacted(second, at=NOON + 5 * MINUTE)
    tree = read(client, HISTORY)
    items = tree.xpath("//ol[@class='versions']/li")
    assert texts(items[1], "./p") == ["9 June 2025, 14:01", "Taken out of the record on 9 June 2025"]
    assert texts(tree, "//ol[@class='versions']//a/@href") == [f"{HISTORY}{number}/" for number in (3, 2, 1)]


# --- one version


def test_a_version_is_read_as_it_was(client, third):
    tree = read(client, f"{HISTORY}1/")
    assert texts(tree, "//h1") == ["Bridge"]
    assert texts(tree, "//p[@class='standfirst']") == ["One standfirst."]
    assert texts(tree, "//div[@class='prose']") == ["One body."]
    assert texts(tree, "//p[@class='author']") == ["By Ana"]
    assert texts(tree, "//nav[@class='chips']/span") == ["#span"]
    assert texts(tree, "//section[@id='sources']//cite") == ["Report"]
    assert tree.xpath("//*[@id='corrections' or @id='comments'] | //form[@method='post'] | //script") == []


def test_a_version_says_how_long_it_was_read_and_leads_to_the_page_of_today(client, third):
    tree = read(client, SECOND_ONE)
    [strip] = tree.xpath("//aside[@class='strip']")
    times = "read from 9 June 2025, 14:01 until 9 June 2025, 14:02."
    ways = "Read the article as it is today · See the site as it was then"
    assert texts(strip, ".//p") == [f"Version 2 of 3, {times} {ways}"]
    assert texts(strip, ".//a/@href") == [STORY, "/?at=2025-06-09T14:01"]
    assert texts(tree, "//title") == ["Bridge opens (version 2) | Newsroom"]
    assert texts(tree, "//nav[@class='rail']//li[@aria-current='true']/strong") == ["Version 2"]


def test_an_earlier_version_links_to_no_name_that_no_story_of_today_carries(client, first):
    story = first.article
    story.coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    story.save(update_fields=["coverage"])
    second = replaced(first, at=NOON + MINUTE)
    story.tags.clear()
    story.bylines.all().delete()
    story.citations.all().delete()
    replaced(second, at=NOON + 2 * MINUTE, coverage=None)
    for gone in ("/tags/span/", "/authors/ana/", "/sources/report/", "/coverage/bridges/"):
        fetch(client, gone, status=404)
    for address in (SECOND_ONE, f"{STORY}?at=2025-06-09T14:01", "/?at=2025-06-09T14:01"):
        tree = read(client, address)
        assert "#span" in tree.text_content()
        links = {link for link in tree.xpath("//@href") if link.startswith("/") and "/static/" not in link}
        assert STORY.rstrip("/") in {link.partition("?")[0].rstrip("/") for link in links}
        for link in links:
            fetch(client, link)


def test_the_version_of_today_is_read_since_it_came_with_its_correction_linked_to_the_words(client, third):
    tree = read(client, f"{HISTORY}3/")
    strip = texts(tree, "//aside[@class='strip']//p")[0]
    assert strip.startswith("Version 3 of 3, read since 9 June 2025, 14:02. Read the article")
    assert texts(tree, "//section[@id='corrections']//a/@href") == [f"{HISTORY}2..3/"]


def test_a_planned_version_is_in_no_history_and_tells_no_end_of_the_one_before(client, second):
    rewrite(second.article, body="<p>Secret body.</p>", headline="Secret")
    publishing.schedule(
        second.article, at=NOW + DAY, note="Secret note", by=person("editor"), now=NOW - MINUTE
    )
    assert Edition.objects.get(number=2).live_until == NOW + DAY
    assert texts(read(client, HISTORY), "//ol[@class='versions']/li/strong") == ["Version 2", "Version 1"]
    strip = texts(read(client, SECOND_ONE), "//aside[@class='strip']//p")[0]
    assert strip.startswith("Version 2 of 2, read since 9 June 2025, 14:01. Read the article")
    for address in (f"{HISTORY}3/", f"{HISTORY}2..3/"):
        assert "Secret" not in fetch(client, address, status=404).content.decode()
    assert texts(read(client, HISTORY, at=NOW + DAY), "//ol[@class='versions']/li/strong")[0] == "Version 3"


# --- what changed


def test_two_versions_are_compared_in_words(client, second):
    tree = read(client, CHANGES)
    assert texts(tree, "//h1") == ["What changed"]
    assert texts(tree, "//main//p[@class='hint']")[0] == "Version 2 compared with version 1."
    current = texts(tree, "//li[@aria-current='true']/*")
    assert (current[0], current[-1]) == ("Version 2", "Compared with version 1")
    assert texts(tree, "//title") == ["Bridge opens (versions 1 and 2) | Newsroom"]
    assert texts(tree, "//main//ins[span]") == ["Added: opens", "Added: Two"]
    assert texts(tree, "//main//del[span]") == ["Removed: One"]


def test_versions_that_are_no_neighbours_are_compared_too(client, third):
    words = texts(read(client, f"{HISTORY}1..3/"), "//main")[0]
    assert "Three" in words
    assert "Two body" not in words


def test_versions_with_the_same_words_say_so(client, first, editor):
    publishing.withdraw(first.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    publishing.publish(first.article, by=editor, now=NOON + 2 * MINUTE)
    tree = read(client, CHANGES)
    assert texts(tree, "//p[@class='quiet']") == ["Both versions have the same words."]
    assert tree.xpath("//ins | //del") == []


# --- what was taken out


def test_a_redacted_version_says_when_it_went_and_nothing_else_of_it(client, second, third):
    redacted(second, at=NOON + DAY / 2)
    tree = read(client, SECOND_ONE, status=410)
    assert texts(tree, "//div[@class='quiet']/p") == [
        "Version 2 was taken out of the record on 10 June 2025."
    ]
    assert texts(tree, "//title") == ["Taken out of the record | Newsroom"]
    for word in ("Two body", "Added the toll"):
        assert word not in texts(tree, "//html")[0]


@pytest.mark.parametrize(("pair", "number"), [("1..2", 2), ("2..3", 2), ("1..3", None)])
def test_a_redacted_side_is_not_compared(client, second, third, pair, number):
    redacted(second, at=NOON + 5 * MINUTE)
    tree = read(client, f"{HISTORY}{pair}/", status=410 if number else 200)
    sentences = [
        f"Version {number} was taken out of the record on 9 June 2025.",
        "There is nothing to compare.",
    ]
    assert texts(tree, "//div[@class='quiet']/p") == (sentences if number else [])
    assert "Two body" not in texts(tree, "//html")[0]


# --- whose history is told


@pytest.mark.parametrize("address", PAGES.values())
def test_a_withdrawn_storys_history_answers_as_its_page_does(client, second, editor, address):
    publishing.withdraw(second.article, by=editor, reason="A doubt.", now=NOON + 3 * MINUTE)
    gone = fetch(client, address, status=410).content.decode()
    assert "This article was withdrawn on" in gone
    assert "Bridge" not in gone


@pytest.mark.parametrize("address", PAGES.values())
def test_a_former_address_leads_to_the_history_at_the_new_one(client, second, address):
    replaced(second, at=NOON + 3 * MINUTE, slug="brücke")
    answer = fetch(client, address, status=301)
    assert answer.url == address.replace("bridge", "br%C3%BCcke")
    assert fetch(client, answer.url).status_code == 200


@pytest.mark.parametrize(
    "rest",
    [
        "0/", "3/", "01/", "1..1/", "2..1/", "0..2/", "1..3/", "1..2..3/", "..2/", "1../", "-1/", "x/", "1.2/",
        "9999999/", "999999/", "1/2/",
    ],
)  # fmt: skip
def test_numbers_that_are_none_answer_the_one_404(client, second, rest):
    assert texts(read(client, HISTORY + rest, status=404), "//h1") == ["Page not found"]


@pytest.mark.parametrize("address", PAGES.values())
def test_the_history_of_a_draft_is_that_of_a_page_that_never_was(client, address):
    assert texts(read(client, address, status=404), "//h1") == ["Page not found"]


# --- how it is served


@pytest.mark.parametrize(("page", "canonical"), [("list", HISTORY), ("version", STORY), ("changes", STORY)])
def test_no_search_engine_lists_it_and_its_canonical_page_is_named(client, second, page, canonical):
    tree = read(client, PAGES[page])
    assert texts(tree, "//meta[@name='robots']/@content") == ["noindex"]
    assert texts(tree, "//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8000{canonical}"]
    assert tree.xpath("//meta[@property] | //script") == []
    assert len(tree.xpath("//h1")) == 1


@pytest.mark.parametrize("address", PAGES.values())
def test_it_costs_the_same_few_queries_with_few_and_with_many_versions(
    client, second, count_queries, address
):
    few = count_queries(address)
    for number in range(3, 9):
        replaced(second, at=NOON + number * MINUTE, body=f"<p>Body {number}.</p>")
    assert count_queries(address) == few <= 6


@pytest.mark.parametrize("address", PAGES.values())
def test_words_in_a_foreign_language_are_marked(client, address):
    one = published("رأس", language="ar", slug="bridge", body="<p>جسم</p>")
    replaced(one, at=NOON + MINUTE, standfirst="نص", note="ملاحظة")
    tree = read(client, address)
    for path in ("//title", "//h1 | //p[@class='intro']", "//ol[@class='versions']//span"):
        marked = [node for node in tree.xpath(path) if node.get("lang") == "ar" and node.get("dir") == "rtl"]
        assert marked, path


@pytest.mark.parametrize("address", PAGES.values())
def test_markup_in_the_desks_words_is_printed_as_words(client, address):
    hostile = """<script>alert("x")</script>"""
    one = published(hostile, slug="bridge", standfirst=hostile)
    replaced(one, at=NOON + MINUTE, note=hostile, standfirst=f"{hostile} more")
    page = fetch(client, address).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page


# --- the way there from the story's page


def test_the_page_of_a_story_leads_to_its_history_once_there_are_two_versions(client, first):
    path = "//div[@class='byline']//a[contains(@href, 'history')]"
    assert texts(read(client, STORY), path) == []
    replaced(first, at=NOON + MINUTE, standfirst="More.")
    tree = read(client, STORY)
    assert texts(tree, path) == ["Version 2"]
    assert texts(tree, f"{path}/@href") == [HISTORY]


def test_a_correction_on_the_storys_page_leads_to_the_words_that_changed(client, third):
    replaced(third, at=NOON + 3 * MINUTE, standfirst="Later.")
    link = "//section[@id='corrections']//a"
    tree = read(client, STORY)
    assert texts(tree, link) == ["Compare versions 2 and 3"]
    assert texts(tree, f"{link}/@href") == [f"{HISTORY}2..3/"]
    assert texts(read(client, texts(tree, f"{link}/@href")[0]), "//h1") == ["What changed"]


@pytest.mark.parametrize("number", [2, 3])
def test_a_correction_stays_without_the_link_when_either_version_was_redacted(client, third, number):
    replaced(third, at=NOON + 3 * MINUTE, standfirst="Later.")
    redacted(Edition.objects.get(number=number), at=NOON + 5 * MINUTE)
    for address in (STORY, "/corrections/"):
        tree = read(client, address)
        assert texts(tree, "//main//dd")[-2:] == ["Two", "Three"]
        assert tree.xpath("//a[contains(@href, '..')]") == []


def test_the_page_of_the_past_does_not_lead_to_the_history_of_today(client, third):
    tree = html.document_fromstring(fetch(client, f"{STORY}?at=2025-06-09T14:10").content.decode())
    assert texts(tree, "//section[@id='corrections']//dd") == ["Two", "Three"]
    assert tree.xpath("//a[contains(@href, 'history')]") == []
