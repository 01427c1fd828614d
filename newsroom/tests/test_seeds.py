"""The acceptance test: both captured pages, to the letter, on the site that the fixtures make.

The lines are read from the captured texts here once more, without the parser that made the fixtures.
"""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from lxml import etree, html

from articles.models import Edition

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2025, 6, 10, 12, 0, tzinfo=dt.UTC)
ANALYSIS_HEADLINE = "China’s Soft Power Shift: IOMed and the Future of Dispute Resolution"
FRENCH_HEADLINE = "Dissolution : un an après, Macron toujours sûr de son coup (mais pas de la suite)"
SHORT_FRAGMENTS = ["According to the", "Frederiksen"]

# Lines of the captured texts that no page shows as they are, and why. The pages' headings are tested below.
NOT_AS_WRITTEN = {
    "Sources": "the heading of a block",
    "Comments": "the heading of a block",
    f"2 responses to “{ANALYSIS_HEADLINE}”": "its count is wrong, three follow; the page counts",
    "-": "it parts comments, each of which is an element of its own",
    "Last News": "the heading of a block",
    "Leave a Reply": "the heading of a block",
}
# Of other lines only those marks are gone that show what they are: “Tags:” and the commas between tags, the
# number of a source (the list counts), and the “ | ” before its publisher.
TAGS = re.compile(r"(?:Tags: )?(#\S+(?:, #\S+)*)")
NUMBERED = re.compile(r" *\d+\. (.+)")


def captured(name):
    """The lines of a captured text."""
    return (settings.BASE_DIR / "fixtures" / "seeds" / f"{name}.txt").read_text(encoding="utf-8").split("\n")


BRIEFING = captured("briefing")
ANALYSIS_AND_SIDEBAR = captured("analysis-with-comments")
_sidebar_at = ANALYSIS_AND_SIDEBAR.index("Last News")
ANALYSIS, _sidebar = ANALYSIS_AND_SIDEBAR[:_sidebar_at], ANALYSIS_AND_SIDEBAR[_sidebar_at + 1 : -1]
SIDEBAR = [block.split("\n") for block in "\n".join(_sidebar).strip("\n").split("\n\n")]
BRIEFING_HEADLINE = BRIEFING[0]
LAST_NEWS = [headline for headline, *_fragment in SIDEBAR]
# What follows the sources of the briefing: three lines for each related item.
_below_sources = BRIEFING[BRIEFING.index("Sources") + 1 :]
RELATED = [line for line in _below_sources if line and not NUMBERED.fullmatch(line)]


def printed_parts(line):
    """The texts that elements of the page must have for this line of the captured text."""
    if line in NOT_AS_WRITTEN:
        return []
    if tags := TAGS.fullmatch(line):
        return tags[1].split(", ")
    if numbered := NUMBERED.fullmatch(line):
        return numbered[1].split(" | ")
    return [line] if line else []


@pytest.fixture(scope="module")
def captured_site(django_db_setup, django_db_blocker):
    """The fixtures, loaded once: the tests of this module only read, and what they do write is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("loaddata", "people", "coverage", "last_news", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def loaded(captured_site, db):
    with time_machine.travel(NOW, tick=False):
        yield


class Page:
    """A page as a reader sees it. `elements` and `texts` take an XPath below its body, and its variables."""

    def __init__(self, client, address, *, status=200):
        response = client.get(address)
        assert response.status_code == status, f"{address} answers {response.status_code}"
        self.source = response.content.decode()
        self.body = html.document_fromstring(response.content).find("body")
        for unseen in self.body.xpath(".//script | .//style | .//template | .//*[@hidden]"):
            unseen.drop_tree()

    def elements(self, path, **variables):
        return self.body.xpath(f".{path}", **variables)

    def texts(self, path, **variables):
        """The texts of these elements, their white space as it is, save that around the whole."""
        return [text_of(element) for element in self.elements(path, **variables)]


def text_of(element):
    return element.text_content().strip(" \n")


def of_class(name):
    """The part of an XPath that asks for a class."""
    return f'[contains(concat(" ", @class, " "), " {name} ")]'


RAIL = f"//aside{of_class('rail')}"
RESULT = f"//article{of_class('result')}"
EXCERPTS = f"//p{of_class('summary')} | .//p{of_class('excerpt')} | .{RESULT}//p{of_class('soft')}"


def address_of(headline):
    return Edition.objects.get(headline=headline).get_absolute_url()


def fragment_of(headline):
    """The lines that the sidebar shows under a headline, maybe none."""
    return next(lines for found, *lines in SIDEBAR if found == headline)


@pytest.fixture
def read(client):
    """Opens an address, or the page of a story by its headline."""
    return lambda which: Page(client, which if which.startswith("/") else address_of(which))


# --- every line, where it belongs


def missing(lines, shown):
    texts = set(shown.texts("//*"))
    return [part for line in lines for part in printed_parts(line) if part not in texts]


def test_the_lines_not_shown_as_written_are_lines_of_the_captured_texts():
    assert set(NOT_AS_WRITTEN) <= {*BRIEFING, *ANALYSIS_AND_SIDEBAR}


def test_every_line_of_the_briefing_stands_on_its_page(read):
    assert missing(BRIEFING, read(BRIEFING_HEADLINE)) == []


def test_every_line_of_the_analysis_and_its_comments_stands_on_its_page(read):
    shown = read(ANALYSIS_HEADLINE)
    assert missing(ANALYSIS, shown) == []
    assert shown.texts("//h1") == [ANALYSIS_HEADLINE]


def test_every_line_of_the_sidebar_stands_on_the_page_of_its_story_and_the_page_says_where_it_ends(read):
    for headline in LAST_NEWS:
        if headline == ANALYSIS_HEADLINE:
            continue
        shown, fragment = read(headline), fragment_of(headline)
        end = "The captured text ends here." if fragment else "Only the headline was captured."
        assert shown.texts("//h1") == [headline]
        assert shown.texts("//h1/following::p[. = $end][1]", end=end) == [end]
        before = shown.texts("//p[following::p[. = $end]]", end=end)
        assert before[len(before) - len(fragment) :] == fragment


def test_the_sidebars_fragment_of_the_analysis_is_the_beginning_of_its_body(read):
    (fragment,) = fragment_of(ANALYSIS_HEADLINE)
    assert any(text.startswith(fragment) for text in read(ANALYSIS_HEADLINE).texts("//p"))


def test_the_body_of_the_analysis_stops_to_the_letter_and_the_page_says_so(read):
    texts = read(ANALYSIS_HEADLINE).texts("//p")
    last_line = ANALYSIS[ANALYSIS.index("Comments") - 1]
    assert last_line.endswith("IOMed institutionalizes this approach, offering")
    assert texts[texts.index(last_line) + 1] == "The captured text ends here."


def test_the_blocks_have_headings_of_the_pages_own(read):
    assert read(BRIEFING_HEADLINE).texts("//*[@id='sources']//h2") == ["Sources"]
    analysis = read(ANALYSIS_HEADLINE)
    assert analysis.texts(f"{RAIL}/h2") == ["Last news"]
    assert analysis.texts("//*[@id='comments']//form//h3") == ["Leave a reply"]


def test_nothing_is_escaped_twice(read):
    for headline in [BRIEFING_HEADLINE, *LAST_NEWS]:
        assert not re.search(r"&amp;(?:#\w+|amp|quot|apos|lt|gt);", read(headline).source)


def test_quotes_and_emoji_stand_in_the_source_as_such_or_as_one_entity(read):
    briefing = read(BRIEFING_HEADLINE).source
    assert '''"helps to move beyond the zero-sum mindset of 'you lose and I win.'"''' in briefing
    assert "China’s role as a conflict mediator is growing fast. Here&#x27;s why" in briefing
    analysis = read(ANALYSIS_HEADLINE).source
    assert all(emoji in analysis for emoji in ("😂", "☕️", "😏", "🤔"))


# --- the briefing


def test_the_briefing_leads_the_front_page(read):
    assert read("/").texts(f"//article{of_class('lead')}//h2") == [BRIEFING_HEADLINE]


def test_the_briefing_carries_its_five_tags_in_order(read):
    tags = read(BRIEFING_HEADLINE).texts("//a[@rel='tag']")
    assert tags == ["#china", "#internationalrelations", "#mediation", "#hongkong", "#peace"]


def test_the_briefing_lists_its_six_sources_in_order_without_a_dead_link(read):
    shown = read(BRIEFING_HEADLINE)
    rows = [numbered[1].partition(" | ") for numbered in map(NUMBERED.fullmatch, BRIEFING) if numbered]
    assert len(rows) == 6
    assert shown.texts("//*[@id='sources']//ol/li//cite") == [title for title, _, _ in rows]
    publishers = [publisher for _, _, publisher in rows if publisher]
    assert shown.texts(f"//*[@id='sources']//li//*{of_class('publisher')}") == publishers
    assert shown.texts("//cite//a | .//a[.//cite] | .//a[not(@href) or @href='' or @href='#']") == []


def test_the_briefing_shows_its_four_related_items_in_order(read):
    shown, related = read(BRIEFING_HEADLINE), f"//*{of_class('related')}//article"
    assert shown.texts(f"{related}//h3") == RELATED[0::3]
    assert shown.texts(f"{related}//p{of_class('summary')}") == RELATED[1::3]
    tags = [text_of(row).split() for row in shown.elements(f"{related}//p{of_class('tagline')}")]
    assert tags == [line.split(", ") for line in RELATED[2::3]]


# --- the comments


def test_three_comments_are_counted_over_three_comments(read):
    shown = read(ANALYSIS_HEADLINE)
    said = [line for line in ANALYSIS[ANALYSIS.index("Comments") + 2 :] if line != "-"]
    assert len(said) == 3
    assert shown.texts("//*[@id='comments']//h2") == ["3 comments"]
    assert shown.texts(f"//*[@id='comments']//*{of_class('comment-text')}") == said
    assert shown.texts(f"//article{of_class('comment')}//h3") == ["Anonymous"] * 3


def test_the_front_page_counts_the_comments_too(read):
    links = read("/").elements(f"//a[@href='{address_of(ANALYSIS_HEADLINE)}#comments']")
    assert {text_of(link) for link in links} == {"3 comments"}


# --- Last News


@pytest.mark.parametrize(("headline", "count"), [(ANALYSIS_HEADLINE, 9), (BRIEFING_HEADLINE, 10)])
def test_the_rail_shows_the_ten_newest_stories_less_the_one_being_read(read, headline, count):
    shown = read(headline).texts(f"{RAIL}//h3")
    assert shown == [other for other in LAST_NEWS if other != headline]
    assert len(shown) == count


def test_a_headline_alone_looks_finished_in_the_rail(read):
    """No empty element stands where an excerpt or tags would be."""
    items = read(BRIEFING_HEADLINE).elements(f"{RAIL}//li")
    assert [html.tostring(part) for item in items for part in item.iter() if not text_of(part)] == []


# --- French


def bearers_of_the_french_headline(shown):
    """The innermost elements of the page that hold the headline; there is one at least."""
    bearers = [part for part in shown.elements("//*") if FRENCH_HEADLINE in text_of(part)]
    innermost = [part for part in bearers if not any(FRENCH_HEADLINE in text_of(child) for child in part)]
    assert innermost
    return innermost


def language_of(part):
    return part.xpath("string(ancestor-or-self::*[@lang][1]/@lang)")


@pytest.mark.parametrize(
    "where",
    [
        "/",
        "/sections/europe/",
        "/archive/",
        "/archive/2025/06/",
        "/search/?q=dissolution",
        "/search/?q=apres",
        BRIEFING_HEADLINE,
        FRENCH_HEADLINE,
    ],
)
def test_the_french_headline_is_marked_and_announced_wherever_it_stands(read, where):
    for part in bearers_of_the_french_headline(read(where)):
        assert language_of(part) == "fr"
        assert "In French" in text_of(part.xpath("ancestor::article[1]")[0])


def test_the_french_headline_is_marked_where_a_page_names_it_in_passing(client):
    asides = [("/no-such-page/", 404), (f"{address_of(FRENCH_HEADLINE)}reply/", 200)]
    for address, status in asides:
        shown = Page(client, address, status=status)
        assert {language_of(part) for part in bearers_of_the_french_headline(shown)} == {"fr"}


def test_only_the_french_story_is_said_to_be_in_another_language(read):
    assert set(read("/").texts("//*[@lang]")) == {FRENCH_HEADLINE}


ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize("address", ["/feed.xml", "/sections/europe/feed.xml"])
def test_a_feed_says_which_entry_is_french(client, address):
    feed = etree.fromstring(client.get(address).content)
    languages = {
        title.text: title.xpath("string(ancestor-or-self::*[@xml:lang][1]/@xml:lang)").partition("-")[0]
        for title in feed.iter(f"{ATOM}title")
    }
    assert languages.pop(FRENCH_HEADLINE) == "fr"
    assert "fr" not in languages.values()


# --- excerpts


def whole_texts():
    """{headline: (its text on one line, whether it is cut)} of every story in the captured texts."""
    briefing = [line for line in BRIEFING[1:] if line]
    length = next(index for index, line in enumerate(briefing) if TAGS.fullmatch(line))
    texts = {BRIEFING_HEADLINE: (" ".join(briefing[:length]), False)}
    texts |= {headline: (text, False) for headline, text in zip(RELATED[0::3], RELATED[1::3], strict=True)}
    texts |= {headline: (" ".join(fragment), True) for headline, *fragment in SIDEBAR}
    body = ANALYSIS[: ANALYSIS.index("Comments")]
    return texts | {ANALYSIS_HEADLINE: (" ".join(filter(None, body)), True)}


TEXTS = whole_texts()


def ends_at_a_word(excerpt):
    """Whether it is some story's whole text, or stops at the end of a word that the text goes on after."""
    kept = excerpt.strip("…")
    for text, is_cut in TEXTS.values():
        if excerpt == text and not is_cut:
            return True
        for found in re.finditer(re.escape(kept), text):
            after = text[found.end() : found.end() + 1]
            if excerpt.endswith("…") and after and not after.isalnum():
                return True
    return False


def badly_cut(excerpts):
    return [excerpt for excerpt in excerpts if not ends_at_a_word(excerpt)]


def test_the_measure_knows_a_cut_word_from_a_whole_one():
    wrong = ["a dozen comparab", "a dozen comparab…", "rules for ai…", "a doz…", "Words of nobody…"]
    assert badly_cut(wrong) == wrong
    assert badly_cut(["more than a dozen…", "simpler rules for…", RELATED[1]]) == []


LISTS = [
    "/",
    "/sections/world/",
    "/sections/europe/",
    "/sections/analysis/",
    "/archive/",
    "/archive/2025/06/",
    "/tags/china/",
    "/tags/mediation/",
    "/authors/newsroom-desk/",
    "/coverage/international-organization-for-mediation/",
]
SEARCHES = [f"/search/?q={words}" for words in ("the", "mediation", "air+passenger", "slovenia", "un+an")]


@pytest.mark.parametrize("addresses", [LISTS, SEARCHES], ids=["lists", "searches"])
def test_no_excerpt_in_a_list_ends_in_a_cut_word(read, addresses):
    excerpts = {address: read(address).texts(EXCERPTS) for address in addresses}
    assert {address: badly_cut(found) for address, found in excerpts.items() if badly_cut(found)} == {}
    assert any(excerpt.endswith("…") for found in excerpts.values() for excerpt in found)


def descriptions_of(source):
    """What a page tells machines its story is about, in its head and in its JSON-LD."""
    tree = html.document_fromstring(source.encode())
    described = "@name='description' or @property='og:description' or @name='twitter:description'"
    records = [json.loads(script.text) for script in tree.xpath("//script[@type='application/ld+json']")]
    told = [record["description"] for record in records if "description" in record]
    return tree.xpath(f"//meta[{described}]/@content") + told


def test_no_excerpt_or_description_on_an_article_page_ends_in_a_cut_word(read):
    for headline in [BRIEFING_HEADLINE, *RELATED[0::3], *LAST_NEWS]:
        shown = read(headline)
        assert badly_cut(shown.texts(EXCERPTS)) == []
        descriptions, (text, _is_cut) = descriptions_of(shown.source), TEXTS[headline]
        if len(text) < 40:
            assert text not in descriptions
        else:
            assert descriptions
            assert badly_cut(descriptions) == []


@pytest.mark.parametrize("address", ["/feed.xml", "/sections/europe/feed.xml", "/sections/analysis/feed.xml"])
def test_no_summary_in_a_feed_ends_in_a_cut_word(client, address):
    feed = etree.fromstring(client.get(address).content)
    summaries = [element.text for element in feed.iter(f"{ATOM}summary") if element.text]
    assert summaries
    assert badly_cut(summaries) == []


def test_fragments_too_short_for_an_excerpt_stand_in_no_list(read):
    for address in LISTS:
        shown = text_of(read(address).body)
        assert [fragment for fragment in SHORT_FRAGMENTS if fragment in shown] == []


def test_fragments_too_short_for_an_excerpt_stand_in_no_feed(client):
    feed = client.get("/feed.xml").content.decode()
    assert [fragment for fragment in SHORT_FRAGMENTS if fragment in feed] == []


def test_a_fragment_too_short_for_an_excerpt_is_found_but_not_shown_by_the_search(read):
    shown = read("/search/?q=frederiksen")
    assert shown.texts(f"{RESULT}//h2") == [found for found, *lines in SIDEBAR if lines == ["Frederiksen"]]
    assert shown.texts(EXCERPTS) == []
