"""What the page of a story and the lists of stories print, and that it looks finished with little."""

import gzip

import pytest

from articles import publishing
from articles.models import Correction, Coverage, Tag, TagAlias
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests.crowds import crowd
from articles.tests.reading import MINUTE, NOW, fetch, headlines, read, texts
from articles.tests.stories import NOON, author, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
HOSTILE = """<script>alert("x")</script> & 'y' <b>"""
LISTS = [
    "/sections/world/",
    "/tags/span/",
    "/authors/newsroom-desk/",
    "/sources/report/",
    "/coverage/bridges/",
]


def corrected(edition, editor, *, was="HK$467 million", now="HK$466.6 million", at=NOON + MINUTE, **fields):
    rewrite(edition.article, standfirst=f"{now}.")
    words = Corrected(was=was, now=now, **fields)
    return publishing.publish(edition.article, by=editor, change=Change.CORRECTION, correction=words, now=at)


# --- the page of a story


def test_a_story_prints_its_head_byline_body_and_tags(client):
    edition = published(
        "Bridge", standfirst="After a year.", kind="analysis", body="<p>It <strong>holds</strong>.</p>",
        tags=["span", "C++"], bylines=[author("Ana")],
    )  # fmt: skip
    tree = read(client, edition.path)
    assert texts(tree, "//h1") == ["Bridge"]
    assert texts(tree, "//p[@class='kicker']") == ["World · Analysis"]
    assert texts(tree, "//p[@class='kicker']/a/@href") == ["/sections/world/"]
    assert texts(tree, "//p[@class='standfirst']") == ["After a year."]
    assert texts(tree, "//p[@class='author']") == ["By Ana"]
    assert texts(tree, "//a[@rel='author']/@href") == ["/authors/ana/"]
    assert texts(tree, "//div[@class='prose']/p/strong") == ["holds"]
    assert texts(tree, "//a[@rel='tag']") == ["#span", "#C++"]
    assert texts(tree, "//a[@rel='tag']/@href") == [
        "/tags/span/",
        f"/tags/{Tag.objects.get(name='C++').slug}/",
    ]
    assert texts(tree, "//nav[@aria-label='Sections']//a[@aria-current='true']") == ["World"]


def test_a_byline_prints_roles_and_several_names(client, editor):
    article = write("Bridge", bylines=[author("Ana"), author("Ben"), author("Cy")])
    article.bylines.filter(author__name="Cy").update(role="translated by")
    edition = publishing.publish(article, by=editor, now=NOON)
    assert texts(read(client, edition.path), "//p[@class='author']") == ["By Ana, Ben, translated by Cy"]


def test_a_story_without_byline_sources_tags_or_standfirst_shows_no_empty_part_of_them(client):
    tree = read(client, published("Bridge").path)
    for path in (
        "//p[@class='author']",
        "//*[@id='sources']",
        "//nav[@aria-label='Tags']",
        "//*[@class='standfirst']",
    ):
        assert tree.xpath(path) == []
    assert texts(tree, "//div[@class='byline']//li") == ["Comments"]


def test_updated_stands_there_only_after_a_change_of_substance(client, editor):
    edition = published("Bridge")
    rewrite(edition.article, standfirst="More.")
    publishing.publish(edition.article, by=editor, change=Change.MINOR, now=NOON + MINUTE)
    assert texts(read(client, edition.path), "//dl/dt") == ["Published"]
    rewrite(edition.article, standfirst="More still.")
    publishing.publish(edition.article, by=editor, change=Change.UPDATE, now=NOON + 2 * MINUTE)
    tree = read(client, edition.path)
    assert texts(tree, "//dl/dt") == ["Published", "Updated"]
    assert texts(tree, "//dl/dd") == ["9 June 2025, 14:00", "9 June 2025, 14:02"]
    assert texts(tree, "//dl/dd/time/@datetime") == ["2025-06-09T14:00+02:00", "2025-06-09T14:02+02:00"]


def test_sources_are_listed_by_number_with_ways_to_and_fro_and_no_dead_link(client):
    plain = source("Plain report")
    full = source("Rapport", publisher="City", url="https://city.example/r", language="fr")
    body = (
        '<p>One<sup data-cite="s2"></sup> two<sup data-cite="s1"></sup> three<sup data-cite="s2"></sup></p>'
    )
    tree = read(client, published("Bridge", sources=[plain, full], body=body).path)
    assert texts(tree, "//sup[@class='cite']/a/@href") == ["#source-2", "#source-1", "#source-2"]
    one, two = tree.xpath("//section[@id='sources']/ol/li")
    assert (one.get("id"), two.get("id")) == ("source-1", "source-2")
    assert texts(one, ".//cite//a") == []
    assert texts(one, ".//a/@href") == ["#cite-1-1", "/sources/plain-report/"]
    assert texts(two, ".//cite/@lang") == ["fr"]
    assert texts(two, ".//cite/a/@href") == ["https://city.example/r"]
    assert texts(two, ".//cite/a/@rel") == ["external noopener"]
    assert texts(two, ".//*[@class='publisher']") == ["City"]
    assert texts(two, ".//a[@class='back']/@href") == ["#cite-2-1", "#cite-2-2"]
    assert texts(two, ".//a[@class='back']/@aria-label")[1] == "Back to citation 2 of source 2"
    assert set(texts(two, ".//a[@class='back']/@href")) <= {f"#{name}" for name in texts(tree, "//sup/a/@id")}
    assert texts(tree, "//a[@href='#sources']") == ["2 sources"]


def test_a_correction_is_announced_above_the_text_and_told_below_it(client, editor):
    edition = published("Bridge")
    assert texts(read(client, edition.path), "//*[contains(@class, 'correction')]") == []
    corrected(edition, editor, note="A slip.", reported_by="A reader")
    tree = read(client, edition.path)
    assert texts(tree, "//p[@class='correction']") == ["Corrected on 9 June 2025. Read the correction"]
    assert texts(tree, "//p[@class='correction']/a/@href") == ["#corrections"]
    box = "//section[@id='corrections']"
    assert texts(tree, f"{box}/h2") == ["Correction"]
    assert texts(tree, f"{box}//dd") == ["HK$467 million", "HK$466.6 million"]
    assert texts(tree, f"{box}//time/@datetime") == ["2025-06-09T14:01+02:00"]
    assert "A slip." in texts(tree, box)[0]
    assert "Reported by A reader" in texts(tree, box)[0]


def test_corrections_stand_newest_first_and_outlive_later_editions(client, editor):
    edition = published("Bridge")
    corrected(edition, editor, was="one", now="two", at=NOON + MINUTE)
    corrected(edition, editor, was="two", now="three", at=NOON + 2 * MINUTE)
    rewrite(edition.article, standfirst="News.")
    publishing.publish(edition.article, by=editor, now=NOON + 3 * MINUTE)
    tree = read(client, edition.path)
    assert texts(tree, "//section[@id='corrections']//dd") == ["two", "three", "one", "two"]
    assert texts(tree, "//p[@class='correction']/a") == ["Read the corrections"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"is_cut": True, "body": "<p>The captured text that stops in mid-wo</p>"},
            "The captured text ends here.",
        ),
        ({"is_cut": True, "body": ""}, "Only the headline was captured."),
    ],
)
def test_a_captured_text_says_where_it_ends(client, fields, sentence):
    tree = read(client, published("Bridge", **fields).path)
    assert texts(tree, "//p[@class='hint ending']") == [sentence]
    assert bool(tree.xpath("//div[@class='prose']")) is bool(fields["body"])


def test_a_whole_text_says_nothing_of_its_end(client, bridge):
    assert texts(read(client, bridge.path), "//p[@class='hint ending']") == []


def test_a_story_links_to_its_coverage(client, bridge):
    assert texts(read(client, bridge.path), "//p[@class='filed']/a/@href") == ["/coverage/bridges/"]


def test_machines_are_told_what_the_page_is(client, bridge, editor):
    tree = read(client, bridge.path)
    meta = dict(
        zip(
            texts(tree, "//meta[@property]/@property"), texts(tree, "//meta[@property]/@content"), strict=True
        )
    )
    assert meta == {
        "og:type": "article",
        "og:site_name": "Newsroom",
        "og:title": "Bridge",
        "og:description": "Bridge, as the desk reports it from the place itself.",
        "og:url": "http://127.0.0.1:8000/2025/06/09/bridge/",
        "article:published_time": "2025-06-09T14:00:00+02:00",
        "article:section": "World",
        "article:tag": "span",
    }
    assert texts(tree, "//meta[@name='description']/@content") == [meta["og:description"]]
    assert texts(tree, "//meta[@name='twitter:card']/@content") == ["summary"]
    rewrite(bridge.article, standfirst="After a year.")
    publishing.publish(bridge.article, by=editor, now=NOON + MINUTE)
    tree = read(client, bridge.path)
    assert texts(tree, "//meta[@property='article:modified_time']/@content") == ["2025-06-09T14:01:00+02:00"]
    assert texts(tree, "//meta[@name='description']/@content") == ["After a year."]


def test_a_headline_alone_looks_finished_wherever_it_stands(client):
    edition = published("Bridge", body="", is_cut=True, tags=["span"])
    tree = read(client, edition.path)
    assert texts(tree, "//meta[@name='description']/@content") == ["News in the section World."]
    assert texts(tree, "//meta[@property='og:description']") == []
    for address in ("/", "/tags/span/"):
        tree = read(client, address)
        assert (
            texts(tree, "//p[@class='excerpt' or @class='summary' or @class='soft'][not(normalize-space())]")
            == []
        )
        assert "…" not in texts(tree, "//main")[0]


def test_the_page_of_a_story_is_small(client, bridge, settings):
    crowd(bridge, [NOON - n * MINUTE for n in range(20)])
    css = (settings.BASE_DIR / "static" / "css" / "news.css").read_bytes()
    page = fetch(client, bridge.path).content
    assert len(gzip.compress(page, 6)) + len(gzip.compress(css, 6)) <= 14 * 1024
    assert b"<script src" not in page
    assert b" style=" not in page


# --- words of another language


@pytest.mark.parametrize(
    ("language", "attributes", "note"),
    [("fr", {"lang": "fr"}, "In French"), ("ar", {"lang": "ar", "dir": "rtl"}, "In Arabic")],
)
def test_every_element_with_words_of_a_foreign_story_says_their_language(
    client, editor, language, attributes, note
):
    edition = published(
        "Une tête", language=language, standfirst="Un chapeau.", body="<p>Un corps.</p>", tags=["span"]
    )
    corrected(edition, editor, was="un", now="deux", note="A note.")
    tree = read(client, edition.path)
    for path in (
        "//title",
        "//h1",
        "//p[@class='standfirst']",
        "//div[@class='prose']",
        "//section[@id='corrections']//dd",
    ):
        for element in tree.xpath(path):
            assert dict(element.attrib) | attributes == dict(element.attrib), path
    assert texts(tree, "//p[@class='kicker']/span[@class='lang']") == [note]
    assert tree.get("lang") == "en-GB"

    other = published("Elsewhere", related=[edition.article])
    for address in ("/", other.path, "/tags/span/", "/sections/world/", "/archive/", "/corrections/"):
        tree = read(client, address)
        found = tree.xpath("//main//a[normalize-space()='Une tête']")
        assert found, address
        for link in found:
            marked = link if link.get("lang") else link.getparent()
            assert dict(marked.attrib) | attributes == dict(marked.attrib), address
            card = link.xpath("ancestor::*[self::article or self::li][1]")[0]
            assert note in texts(card, ".//span[@class='lang']"), address
        for summary in tree.xpath("//main//p[contains(., 'Un chapeau') or contains(., 'Un corps')]"):
            assert summary.get("lang") == language, address


def test_the_sites_own_language_needs_no_mark(client, bridge):
    page = fetch(client, bridge.path).content.decode()
    assert page.count(" lang=") == 1
    assert "In English" not in page


# --- hostile words


def test_markup_in_the_desks_words_is_printed_as_words(client, editor, settings):
    settings.SITE_NAME = HOSTILE
    where = section("World", about=HOSTILE)
    where.name = HOSTILE[:60]
    where.save()
    coverage = Coverage.objects.create(name=HOSTILE, slug="bridges", about=HOSTILE)
    edition = published(
        HOSTILE, standfirst=HOSTILE, tags=[HOSTILE], section=where, coverage=coverage, slug="bridge",
        bylines=[author(HOSTILE, slug="ana", about=HOSTILE)],
        sources=[source(HOSTILE, slug="report", publisher=HOSTILE)],
    )  # fmt: skip
    corrected(edition, editor, was=HOSTILE, now=HOSTILE, note=HOSTILE, reported_by=HOSTILE)
    other = published("Other", tags=[HOSTILE], coverage=coverage)
    slug = Tag.objects.get().slug
    for address in (
        "/", edition.path, other.path, "/sections/world/", f"/tags/{slug}/", "/authors/ana/",
        "/sources/report/", "/coverage/bridges/", "/archive/", "/archive/2025/06/",
        "/corrections/", "/about/",
    ):  # fmt: skip
        page = fetch(client, address).content.decode()
        assert "<script>alert" not in page, address
        assert "<b>" not in page.replace("<b>In the news</b>", "").replace("<b>Tags</b>", "").replace(
            "<b>Often with</b>", ""
        )
        assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#x27;y&#x27;" in page, address
        assert "&amp;lt;" not in page, address


# --- lists


@pytest.mark.parametrize("address", LISTS)
def test_a_list_shows_its_stories_newest_first_beside_the_last_news(client, bridge, address):
    crowd(bridge, [NOON - 2 * MINUTE, NOON + MINUTE, NOON - MINUTE])
    published("Filed elsewhere", section=section("Europe"), at=NOON + 5 * MINUTE)
    tree = read(client, address)
    assert headlines(tree) == ["Bridge 1", "Bridge", "Bridge 2", "Bridge 0"]
    assert texts(tree, "//aside[@class='rail']//h3")[0] == "Filed elsewhere"
    assert texts(tree, "//article[@class='result'][2]/p[@class='kicker']") == ["World · News"]
    assert texts(tree, "//article[@class='result'][2]/p[@class='meta']") == ["9 June 2025, 14:00"]
    assert texts(tree, "//article[@class='result'][2]/p[@class='tagline']/a") == ["#span"]
    if address != "/sections/world/":
        assert (
            "4 articles. The newest was published on 9 June 2025."
            in texts(tree, "//header[@class='page-head']")[0]
        )


@pytest.mark.parametrize("address", LISTS[1:])
def test_a_name_that_no_live_story_uses_is_a_page_that_never_was(client, bridge, editor, address):
    never = address.replace(address.split("/")[2], "never")
    fetch(client, address, at=NOON - MINUTE, status=404)
    publishing.withdraw(bridge.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    gone = fetch(client, address, status=404).content.decode()
    assert "A doubt" not in gone
    known, unknown = (texts(read(client, path, status=404), "//main") for path in (address, never))
    assert known == unknown


def test_a_section_may_be_empty(client):
    section("World", about="News from\n\nfar away.")
    tree = read(client, "/sections/world/")
    assert texts(tree, "//p[@class='quiet']") == ["No articles here yet."]
    assert texts(tree, "//div[@class='intro']/p")[:2] == ["News from", "far away."]
    assert texts(tree, "//nav[@aria-label='Sections']//a[@aria-current='page']") == ["World"]


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 article."), (2, "2 articles."), (1_000, "1000 articles."), (1_001, "More than 1,000 articles.")],
)
def test_a_tag_counts_its_stories_up_to_a_thousand(client, bridge, count, words):
    crowd(bridge, [NOON - n * MINUTE for n in range(1, count)])
    assert texts(read(client, "/tags/span/"), "//p[@class='intro']")[0].startswith(words)


def test_a_tag_names_the_tags_it_is_often_used_with(client):
    published("One", tags=["span", "peace", "a"])
    published("Two", tags=["peace", "span"])
    published("Three", tags=["peace", "unrelated"])
    tree = read(client, "/tags/span/")
    assert texts(tree, "//nav[@aria-label='Tags often used with #span']/a") == ["#peace 2", "#a 1"]
    assert texts(tree, "//h1") == ["#span"]
    assert texts(tree, "//p[@class='intro']/a/@href") == ["/tags/span/feed.xml"]


@pytest.mark.parametrize("is_live", [True, False])
def test_an_alias_leads_to_its_tag_if_a_live_story_uses_it(client, is_live):
    (published if is_live else write)("Bridge", tags=["mediation"])
    alias = TagAlias.objects.create(name="international mediation", tag=Tag.objects.get())
    response = fetch(client, f"/tags/{alias.slug}/", status=301 if is_live else 404)
    assert response.headers.get("Location") == ("/tags/mediation/" if is_live else None)
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_a_source_tells_who_published_it_and_where(client):
    published(
        "Bridge", sources=[source("Rapport", publisher="City", url="https://city.example/r", language="fr")]
    )
    tree = read(client, "/sources/rapport/")
    assert texts(tree, "//h1[@lang='fr']") == ["Rapport"]
    assert texts(tree, "//div[@class='intro']/p[1]") == ["City · https://city.example/r"]
    assert texts(tree, "//div[@class='intro']//a/@rel") == ["external noopener"]
    assert texts(tree, "//h2[@class='list-title']") == ["Cited by"]
    assert headlines(tree) == ["Bridge"]


def test_a_source_with_a_title_alone_has_no_link(client, bridge):
    assert texts(read(client, "/sources/report/"), "//div[@class='intro']//a") == []


def test_the_archive_links_to_the_months_from_the_first_story_to_the_last(client):
    assert texts(read(client, "/archive/"), "//p[@class='quiet']") == ["No articles here yet."]
    published("Newest")
    published("Old", at=NOON.replace(year=2024, month=12))
    tree = read(client, "/archive/")
    assert headlines(tree) == ["Newest", "Old"]
    months = texts(tree, "//nav[@class='months']//a/@href")
    assert months == ["/archive/2025/06/", "/archive/2025/05/", "/archive/2025/04/", "/archive/2025/03/",
                      "/archive/2025/02/", "/archive/2025/01/", "/archive/2024/12/"]  # fmt: skip
    assert texts(tree, "//nav[@class='months']/h3") == ["2025", "2024"]
    for month in months:
        fetch(client, month)
    fetch(client, "/archive/2025/07/", status=404)
    fetch(client, "/archive/2024/11/", status=404)
    assert texts(read(client, months[1]), "//p[@class='quiet']") == ["No articles here yet."]


def test_a_month_begins_and_ends_in_the_desks_zone(client):
    published("In June", at=NOON.replace(month=5, day=31, hour=22))  # midnight in Brussels
    published("In May", at=NOON.replace(month=5, day=31, hour=21, minute=59))
    assert headlines(read(client, "/archive/2025/06/")) == ["In June"]
    tree = read(client, "/archive/2025/05/")
    assert headlines(tree) == ["In May"]
    assert texts(tree, "//h1") == ["May 2025"]


def test_corrections_are_listed_newest_first_under_the_headline_of_today(client, editor):
    assert texts(read(client, "/corrections/"), "//p[@class='quiet']") == ["No corrections so far."]
    bridge, tunnel = published("Bridge"), published("Tunnel")
    corrected(bridge, editor, was="one", now="two", at=NOON + MINUTE)
    corrected(tunnel, editor, was="three", now="four", at=NOON + 2 * MINUTE)
    rewrite(bridge.article, headline="The bridge")
    publishing.publish(bridge.article, by=editor, now=NOON + 3 * MINUTE)
    tree = read(client, "/corrections/")
    assert texts(tree, "//ol[@class='log']//h3") == ["Tunnel", "The bridge"]
    assert texts(tree, "//ol[@class='log']//h3/a/@href")[1] == "/2025/06/09/bridge/#corrections"
    assert texts(tree, "//ol[@class='log']//dd") == ["three", "four", "one", "two"]
    publishing.withdraw(tunnel.article, by=editor, reason="A doubt.", now=NOON + 4 * MINUTE)
    assert texts(read(client, "/corrections/"), "//ol[@class='log']//h3") == ["The bridge"]


def test_corrections_go_over_several_pages(client, editor):
    edition = published("Bridge")
    new = corrected(edition, editor, was="0", now="is")
    Correction.objects.bulk_create(
        Correction(edition=new, wrong_edition=edition, was=str(n), now="is") for n in range(1, 25)
    )
    first = read(client, "/corrections/")
    assert texts(first, "//dd[1]") == [str(n) for n in range(24, 4, -1)]
    (older,) = texts(first, "//a[@rel='next']/@href")
    second = read(client, older)
    assert texts(second, "//dd[1]") == [str(n) for n in range(4, -1, -1)]
    assert texts(second, "//a[@rel='prev']/@href") == ["/corrections/"]


# --- what every page has


ALL = [
    "/",
    "/2025/06/09/bridge/",
    *LISTS,
    "/archive/",
    "/archive/2025/06/",
    "/corrections/",
    "/about/",
    "/contact/",
]


def test_every_page_has_its_own_title_and_address_and_one_heading_of_the_first_order(client, bridge):
    trees = [read(client, f"{address}?utm_source=mail") for address in ALL]
    assert len({texts(tree, "//title")[0] for tree in trees}) == len(ALL)
    for address, tree in zip(ALL, trees, strict=True):
        assert len(tree.xpath("//h1")) == 1, address
        assert texts(tree, "//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8000{address}"]
        assert texts(tree, "//link[@type='application/atom+xml']/@href")[0] == "/feed.xml"
        assert len(texts(tree, "//meta[@name='description']/@content")[0]) > 10
        assert tree.get("lang") == "en-GB"
        assert texts(tree, "//a[@class='skip']/@href") == ["#main"]
        assert texts(tree, "//footer//p") == ["All times are Brussels time."]
        assert len(tree.xpath("//*[@id]")) == len(set(texts(tree, "//@id"))), address


def test_nothing_on_a_page_depends_on_the_day_it_is_read(client, bridge):
    for address in ALL:
        later = fetch(client, address, at=NOW.replace(year=2031))
        assert later.content == fetch(client, address).content, address


@pytest.mark.parametrize("address", ALL)
def test_a_page_costs_the_same_few_queries_with_few_and_with_many_stories(
    client, bridge, count_queries, address
):
    crowd(bridge, [NOON - n * MINUTE for n in range(10)])
    few = count_queries(address)
    crowd(bridge, [NOON - n * MINUTE for n in range(50)])
    assert count_queries(address) == few <= 6
    if address in LISTS:
        (older,) = texts(read(client, address), "//a[@rel='next']/@href")
        assert count_queries(older) <= 6
