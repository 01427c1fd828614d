"""The corrections page by month, its feed, and what machines are told of a correction."""

import datetime as dt
import json

import pytest
from lxml import etree

from articles import publishing
from articles.models import Edition
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests.reading import MINUTE, NOW, fetch, read, texts
from articles.tests.stories import NOON, person, published, rewrite

pytestmark = pytest.mark.django_db
PAGE, JUNE, FEED = "/corrections/", "/corrections/2025/06/", "/corrections/feed.xml"
DAY = dt.timedelta(days=1)
SITE = "https://news.example"
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def corrected(edition, *, at, was="one", now="two", plan_at=None, **fields):
    """The edition that puts this right at that moment; with `plan_at` it is planned then."""
    rewrite(edition.article, standfirst=f"{now} {at}")
    options = {"by": person("editor", "Editors"), "change": Change.CORRECTION}
    options["correction"] = Corrected(was=was, now=now, **fields)
    if plan_at:
        return publishing.schedule(edition.article, at=at, now=plan_at, **options)
    return publishing.publish(edition.article, now=at, **options)


@pytest.fixture
def bridge():
    return published("Bridge", at=NOON - 40 * DAY, slug="bridge")  # on the last day of April


@pytest.fixture
def three(bridge):
    """Corrections in April, and twice in June, of one story."""
    for number, at in enumerate((NOON - 40 * DAY + MINUTE, NOON - DAY, NOON), start=1):
        corrected(bridge, at=at, was=f"was {number}", now=f"is {number}")
    return bridge


# --- by month


def test_corrections_stand_under_their_months_newest_first(client, three):
    tree = read(client, PAGE)
    assert texts(tree, "//main//h2[@class='list-title']") == ["June 2025", "April 2025"]
    assert texts(tree, "//h2[@class='list-title']/a/@href") == [JUNE, "/corrections/2025/04/"]
    lists = tree.xpath("//ol[@class='log']")
    assert [texts(one, ".//dd") for one in lists] == [["was 3", "is 3", "was 2", "is 2"], ["was 1", "is 1"]]
    assert texts(tree, "//nav[@class='months']//a/@href") == [JUNE, "/corrections/2025/04/"]
    assert texts(tree, "//nav[@class='months']/h3") == ["2025"]


def test_each_correction_leads_to_the_story_and_to_the_words_that_changed(client, three):
    tree = read(client, PAGE)
    assert texts(tree, "//ol[@class='log']//h3/a/@href") == ["/2025/04/30/bridge/#corrections"] * 3
    links = "//ol[@class='log']//p[@class='meta']/a"
    assert texts(tree, links)[0] == "Compare versions 3 and 4"
    assert texts(tree, f"{links}/@href") == [f"/2025/04/30/bridge/history/{n}..{n + 1}/" for n in (3, 2, 1)]
    for address in texts(tree, f"{links}/@href"):
        assert texts(read(client, address), "//h1") == ["What changed"]


def test_a_month_has_its_own_corrections(client, three):
    tree = read(client, JUNE)
    assert texts(tree, "//h1") == ["June 2025"]
    assert texts(tree, "//title") == ["Corrections in June 2025 | Newsroom"]
    assert texts(tree, "//dd") == ["was 3", "is 3", "was 2", "is 2"]
    assert texts(tree, "//ol[@class='log']//h2/a/@href") == ["/2025/04/30/bridge/#corrections"] * 2
    assert texts(tree, "//header//a[.='All corrections']/@href") == [PAGE]
    assert texts(read(client, "/corrections/2025/04/"), "//dd") == ["was 1", "is 1"]


def test_a_month_begins_and_ends_in_the_desks_zone(client, bridge):
    midnight = NOON.replace(month=5, day=31, hour=22)  # in Brussels
    corrected(bridge, at=midnight - MINUTE, was="May")
    corrected(bridge, at=midnight, was="June")
    assert texts(read(client, JUNE), "//dd[1]") == ["June"]
    assert texts(read(client, "/corrections/2025/05/"), "//dd[1]") == ["May"]
    assert texts(read(client, PAGE), "//h2[@class='list-title']") == ["June 2025", "May 2025"]


def test_a_month_between_two_with_corrections_is_an_empty_page_and_any_other_is_none(client, three):
    assert texts(read(client, "/corrections/2025/05/"), "//p[@class='quiet']") == [
        "No corrections in this month."
    ]
    for month in ("2025/03", "2025/07", "2025/13", "2025/6", "9999/12"):
        fetch(client, f"/corrections/{month}/", status=404)


def test_a_month_goes_over_several_pages(client, bridge):
    for number in range(22):
        corrected(bridge, at=NOON + number * MINUTE, was=f"was {number}")
    first = read(client, JUNE)
    assert texts(first, "//dd[1]") == [f"was {number}" for number in range(21, 1, -1)]
    [older] = texts(first, "//a[@rel='next']/@href")
    assert older.startswith(f"{JUNE}?before=")
    assert texts(read(client, older), "//dd[1]") == ["was 1", "was 0"]
    fetch(client, f"{JUNE}?before=x", status=404)


@pytest.mark.parametrize("address", [PAGE, JUNE, FEED])
def test_a_planned_correction_is_nowhere_before_its_second(client, bridge, address):
    corrected(bridge, at=NOON - DAY)
    corrected(bridge, at=NOW, plan_at=NOON, was="Secret")
    assert "Secret" not in fetch(client, address, at=NOW - dt.timedelta(seconds=1)).content.decode()
    assert "Secret" in fetch(client, address, at=NOW).content.decode()


@pytest.mark.parametrize("address", [PAGE, JUNE, FEED])
def test_the_corrections_of_a_withdrawn_story_are_nowhere(client, bridge, editor, address):
    corrected(bridge, at=NOON, was="Secret")
    other = published("Other", at=NOON - DAY)
    corrected(other, at=NOON - MINUTE, was="Still there")
    publishing.withdraw(bridge.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    page = fetch(client, address).content.decode()
    assert "Still there" in page
    assert "Secret" not in page


@pytest.mark.parametrize("address", [PAGE, JUNE, FEED])
def test_it_costs_the_same_few_queries_with_few_and_with_many_corrections(
    client, bridge, count_queries, address
):
    corrected(bridge, at=NOON - DAY)
    few = count_queries(address)
    for number in range(8):
        corrected(published(f"Story {number}", at=NOON - DAY), at=NOON + number * MINUTE)
    assert count_queries(address) == few <= 6


def test_the_page_tells_of_its_feed(client, three):
    for address in (PAGE, JUNE):
        tree = read(client, address)
        [link] = tree.xpath(f"//link[@rel='alternate'][@href='{FEED}']")
        assert (link.get("type"), link.get("title")) == ("application/atom+xml", "Newsroom: corrections")
    assert texts(read(client, PAGE), f"//main//a[@href='{FEED}']") == ["Follow corrections by feed"]


# --- the feed


@pytest.fixture
def site_url(settings):
    settings.SITE_URL = SITE


def feed(client, **options):
    return etree.fromstring(fetch(client, FEED, **options).content)


def entries(client, **options):
    return feed(client, **options).findall(f"{ATOM}entry")


def text(element, name):
    return element.findtext(f"{ATOM}{name}")


def link(element, rel):
    return element.xpath("string(*[local-name()='link'][@rel=$rel]/@href)", rel=rel)


def test_the_feed_tells_what_was_wrong_and_what_is_right(client, bridge, site_url):
    corrected(bridge, at=NOON, was="HK$467 million", now="HK$466.6 million", note="A slip.")
    root = feed(client)
    assert text(root, "title") == "Newsroom: corrections"
    assert text(root, "id") == link(root, "alternate") == f"{SITE}{PAGE}"
    assert link(root, "self") == f"{SITE}{FEED}"
    [entry] = root.findall(f"{ATOM}entry")
    assert text(entry, "title") == "Correction: Bridge"
    assert link(entry, "alternate") == f"{SITE}/2025/04/30/bridge/#corrections"
    assert text(entry, "updated") == text(entry, "published") == "2025-06-09T12:00:00+00:00"
    assert text(entry, "content") == (
        "<p><strong>Was:</strong> HK$467 million</p><p><strong>Is:</strong> HK$466.6 million</p>"
        "<p>A slip.</p>"
        f'<p><a href="{SITE}/2025/04/30/bridge/history/1..2/">Compare versions 1 and 2</a></p>'
    )


def test_an_entry_is_called_the_same_when_the_storys_address_changes(client, three, editor):
    before = [text(entry, "id") for entry in entries(client)]
    assert len(set(before)) == 3
    rewrite(three.article, slug="other-words", headline="Other words")
    publishing.publish(three.article, by=editor, now=NOON + MINUTE)
    assert [text(entry, "id") for entry in entries(client)] == before
    assert text(entries(client)[0], "title") == "Correction: Other words"


def test_an_entry_of_a_redacted_version_leads_to_no_comparison(client, three, editor):
    Edition.objects.filter(number=3).redact(by=editor, at=NOON + MINUTE)
    assert ["Compare" in text(entry, "content") for entry in entries(client)] == [False, False, True]


def test_markup_and_what_xml_cannot_hold_do_no_harm(client, bridge):
    corrected(bridge, at=NOON, was="<b>\x01one</b>", now="a & b", note="<script>")
    assert "<b>" not in text(entries(client)[0], "content")
    assert "<strong>Was:</strong> &lt;b&gt;one&lt;/b&gt;" in text(entries(client)[0], "content")


def test_a_foreign_storys_entry_says_its_language(client):
    corrected(published("Un pont", language="fr"), at=NOON + MINUTE)
    assert entries(client)[0].get(XML_LANG) == "fr"


def test_an_empty_feed_is_valid_and_always_the_same(client, bridge):
    assert fetch(client, FEED).content == fetch(client, FEED, at=NOW + DAY).content
    assert text(feed(client), "updated") == "1970-01-01T00:00:00+00:00"


def test_the_feed_is_kept_like_the_others(client, three):
    first = fetch(client, FEED)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Last-Modified" not in first.headers
    assert first.headers["Content-Type"].startswith("application/atom+xml")
    assert client.post(FEED).status_code == 405


# --- what search engines are told


def told(client, address):
    [data] = texts(read(client, address), "//script[@type='application/ld+json']")
    return json.loads(data)


def test_a_news_article_tells_its_corrections_newest_first(client, bridge, site_url):
    assert "correction" not in told(client, bridge.path)
    corrected(bridge, at=NOON - MINUTE, was="one", now="two")
    corrected(bridge, at=NOON, was="two", now="three", note="A slip.")
    address = f"{SITE}/2025/04/30/bridge/"
    assert told(client, bridge.path)["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "Was: two\nIs: three\nA slip.",
            "datePublished": "2025-06-09T12:00:00+00:00",
            "url": f"{address}history/2..3/",
        },
        {
            "@type": "CorrectionComment",
            "text": "Was: one\nIs: two",
            "datePublished": "2025-06-09T11:59:00+00:00",
            "url": f"{address}history/1..2/",
        },
    ]


def test_a_correction_of_a_redacted_version_is_told_without_an_address(client, bridge, editor):
    corrected(bridge, at=NOON)
    Edition.objects.filter(number=1).redact(by=editor, at=NOON + MINUTE)
    [data] = told(client, bridge.path)["correction"]
    assert data.keys() == {"@type", "text", "datePublished"}
