"""Search finds live stories by their words, the same in each database; its page takes whatever is typed."""

import datetime as dt
import html
import re
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from articles import paging, publishing, search
from articles.models import Edition, Tag, TagAlias
from articles.rich_text import search_text, search_words
from articles.search import find, mark, phrases_of, snippet
from articles.search_index import drop_search_index, make_search_index
from articles.tests.stories import NOON, published, rewrite, section, write

pytestmark = pytest.mark.django_db
SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
LATER = NOON + DAY

STORIES = {
    "mediation": "China and allies establish a body for mediation in Hong Kong: HK$466.6 million.",
    "french": "Dissolution : un an après, l’Élysée reste sûr de son coup.",
    "chinese": "国际调解院在香港成立。",
    "hyphen": "The U.S.-China peace-keeping talks reopen; China’s envoy won't say when.",
    "german": "Die Straße nach Köln ist frei.",
    "korean": "한국 외교부는 협상을 환영했다.",
    "thai": "ประเทศไทยสนับสนุนการเจรจา",
    "hindi": "मध्यस्थता पर हिन्दी में समाचार।",
    "arabic": "الوساطة في هونغ كونغ",
    "numbers": "Fewer than 1e5 readers, 3.14 or v2.0.1, at https://news.example/a_b?c=d and x@y.example.",
}


def headlines(typed, *, at=LATER, **filters):
    found = find(phrases_of(typed), at=at, **filters)
    return [edition.headline for edition in found.rows.newest_first()]


def asked(client, at=LATER, **parameters):
    """The page that answers a query, opened at that moment."""
    with time_machine.travel(at, tick=False):
        return client.get("/search/", parameters)


def shown(response):
    """The headlines of the results on a page, as text."""
    found = re.findall(r"<h2[^>]*><a [^>]*>(.*?)</a></h2>", response.content.decode())
    return [html.unescape(re.sub("<[^>]+>", "", headline)) for headline in found]


@pytest.fixture
def stories():
    return {name: published(name, body=f"<p>{text}</p>") for name, text in STORIES.items()}


# --- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HK$466.6 million", "hk 466 6 million"),
        ("l’Élysée, l'Elysée", "l elysee l elysee"),
        ("e\u0301te\u0301", "ete"),
        ("Straße ﬁn №5 m²", "strasse fin no5 m2"),
        ("peace-keeping_talks", "peace keeping talks"),
        ("国际调解院 IOMed", "国 际 调 解 院 iomed"),
        ("ゴミ", "コ ミ"),
        ("a\u00adb\u200dc", "abc"),
        ("x¨y…z😂w\0v", "x y z w v"),
        ("- “” !", ""),
    ],
)
def test_a_text_is_indexed_as_folded_words_with_one_space_between(text, words):
    assert search_text(text) == words


@given(st.text())
def test_words_know_where_they_stand_and_are_found_again_where_they_stood(text):
    for word, start, end in search_words(text):
        assert 0 <= start < end <= len(text)
        assert word in search_text(text[start:end])
    assert re.fullmatch(r"(?:[^\W_]|[^\x00-\x7f])*(?: (?:[^\W_]|[^\x00-\x7f])+)*", search_text(text))


def test_words_and_texts_beyond_all_measure_stay_within_what_an_index_can_hold():
    assert max(map(len, search_text("x" * 5_000 + " y").split())) == 100
    assert len(search_text("word " * 60_000)) <= 250_000
    assert search_text("word " * 60_000).endswith(" word")


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ("hong kong", (("hong",), ("kong",))),
        ('"Hong Kong" mediation', (("hong", "kong"), ("mediation",))),
        ("“Hong Kong” «mediation body»", (("hong", "kong"), ("mediation", "body"))),
        ("香港", (("香", "港"),)),
        ("HK$466.6", (("hk", "466", "6"),)),
        ('"hong kong', (("hong",), ("kong",))),
        ("#China china CHINA", (("china",),)),
        ('"" - “”', ()),
        ("word " * 60, (("word",),)),
        (f"{'a' * 150} {'b' * 150}", (("a" * 100,),)),
        ("c" * 10_000, (("c" * 100,),)),
    ],
)
def test_what_is_typed_is_read_as_phrases(typed, phrases):
    assert phrases_of(typed) == phrases


# --- finding


FOUND = {
    "mediation": ["mediation"],
    "MEDIATION kong": ["mediation"],
    "kong hong": ["mediation"],
    '"kong hong"': [],
    '"hong kong"': ["mediation"],
    "HK$466.6": ["mediation"],
    "466": ["mediation"],
    "466.7": [],
    "6.466": [],
    "mediat": [],
    "apres elysee": ["french"],
    "APRÈS": ["french"],
    "香港": ["chinese"],
    "港香": [],
    "调解 成立": ["chinese"],
    "peace-keeping": ["hyphen"],
    "peace keeping": ["hyphen"],
    '"keeping peace"': [],
    "china’s": ["hyphen"],
    "u.s.": ["hyphen"],
    "china": ["hyphen", "mediation"],
    "strasse KÖLN": ["german"],
    "한국": ["korean"],
    "ไทย": ["thai"],
    "हिन्दी": ["hindi"],
    "كونغ": ["arabic"],
    "1e5": ["numbers"],
    "3.14": ["numbers"],
    "v2.0.1": ["numbers"],
    "news.example": ["numbers"],
    "y.example": ["numbers"],
    "a_b": ["numbers"],
    "nowhere": [],
}


def test_a_story_is_found_by_all_of_its_words(stories):
    assert {typed: sorted(headlines(typed)) for typed in FOUND} == FOUND


def test_headline_standfirst_body_and_byline_are_searched():
    published("Alpha", standfirst="Bravo.", body="<p>Char<strong>lie</strong></p><p>delta</p>")
    assert headlines("alpha bravo charlie delta") == ["Alpha"]
    assert headlines("lie") == []


def test_the_same_is_found_whether_words_are_rare_or_common(stories, monkeypatch):
    rare = {typed: headlines(typed) for typed in ("china", "the", '"hong kong"', "the talks")}
    monkeypatch.setattr(search, "COUNTED_UP_TO", 0)
    assert {typed: headlines(typed) for typed in rare} == rare


def test_common_words_are_read_off_in_the_order_of_the_list(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's planner decides by what the table holds")
    published("Common")
    rows = find(phrases_of("common"), at=LATER).rows
    assert "USING INTEGER PRIMARY KEY" in rows.newest_first().explain().splitlines()[0]
    monkeypatch.setattr(search, "COUNTED_UP_TO", 0)
    rows = find(phrases_of("common"), at=LATER).rows
    assert "USING INDEX edition_by_publication" in rows.newest_first().explain().splitlines()[0]


def test_hits_are_counted_up_to_one_more_than_the_limit(monkeypatch):
    for number in range(4):
        published("Common", at=NOON + number * MINUTE)
    monkeypatch.setattr(search, "COUNTED_UP_TO", 2)
    assert find(phrases_of("common"), at=LATER).hits == 3


# --- what is live


def test_a_scheduled_story_is_found_at_its_second_and_not_before(editor):
    publishing.schedule(write("Tomorrow"), at=NOON + MINUTE, by=editor, now=NOON)
    assert headlines("tomorrow", at=NOON + MINUTE - SECOND) == []
    assert headlines("tomorrow", at=NOON + MINUTE) == ["Tomorrow"]


def test_drafts_and_withdrawn_stories_are_not_found(editor):
    write("Draft")
    publishing.withdraw(published("Mistake").article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    assert headlines("draft") == headlines("mistake") == []


def test_readers_find_the_words_of_the_edition_they_can_read(editor):
    edition = published("Story", standfirst="Old words.")
    rewrite(edition.article, standfirst="New words.")
    assert headlines("new words") == []
    publishing.publish(edition.article, by=editor, now=NOON + MINUTE)
    assert headlines("old words") == []
    assert headlines("old words", at=NOON + MINUTE - SECOND) == headlines("new words") == ["Story"]


# --- the index


def forget(headline):
    """Blanks an edition's text as a redaction would, past the model that refuses it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_edition SET search_text = '' WHERE headline = %s", [headline])


def test_the_index_follows_every_change_of_a_text():
    published("Secret")
    published("Open")
    forget("Secret")
    assert headlines("secret") == []
    assert headlines("open") == ["Open"]


def test_the_index_forgets_a_plan_that_was_deleted(editor):
    publishing.schedule(write("Plan"), at=NOON + MINUTE, by=editor, now=NOON)
    Edition.objects.all().delete_planned(at=NOON)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM articles_edition_search WHERE articles_edition_search MATCH 'plan'"
            )
            assert cursor.fetchall() == []
    assert headlines("plan") == []


def test_the_index_can_be_taken_away_and_made_anew_from_what_there_is():
    published("Before")
    connection.check_constraints()  # PostgreSQL alters no table whose foreign keys wait to be checked
    with connection.cursor() as cursor:
        # SQLite's own schema editor refuses to work in a transaction that checks foreign keys, as a test is.
        editor = SimpleNamespace(connection=connection, execute=lambda sql, params: cursor.execute(sql))
        drop_search_index(None, editor)
        make_search_index(None, editor)
        make_search_index(None, editor)
    published("After")
    assert headlines("before") == ["Before"]
    assert headlines("after") == ["After"]


def test_a_story_of_any_size_can_be_published_and_is_found():
    body = " ".join(f"w{number}" for number in range(60_000))
    published("Long", body=f"<p>{body}</p><p>{'z' * 10_000}</p>")
    assert headlines("w1 w29999") == ["Long"]
    assert headlines('"w1 w2"') == ["Long"]


def test_a_phrase_is_found_however_often_its_words_stand_before_it():
    """PostgreSQL's own phrases look no further than the 256th place of a word."""
    published("Late", body=f"<p>{'of peace. the war. ' * 300} the peace of the brave</p>")
    assert headlines('"the peace of the brave"') == ["Late"]
    assert headlines('"peace of the war"') == []


# --- where the words stand


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("For mediation.", "MEDIATION", "For <mark>mediation</mark>."),
        ("Un an après", "apres", "Un an <mark>après</mark>"),
        ("apre\u0300s tout", "après", "<mark>apre\u0300s</mark> tout"),
        ("Die Straße", "strasse", "Die <mark>Straße</mark>"),
        ("Hong Kong’s port", '"hong kong"', "<mark>Hong Kong</mark>’s port"),
        ("Kong, not Hong", '"hong kong"', "Kong, not Hong"),
        ("国际调解院在香港", "香港 调解", "国际<mark>调解</mark>院在<mark>香港</mark>"),
        ("HK$466.6 million", "466.6", "HK$<mark>466.6</mark> million"),
        ("mediations", "mediation", "mediations"),
        ("a b c d", '"a b c" "b c d"', "<mark>a b c d</mark>"),
        ("ha ha ha", '"ha ha"', "<mark>ha ha ha</mark>"),
        ("<b>bold</b> & <mark>", "b mark",
            "&lt;<mark>b</mark>&gt;bold&lt;/<mark>b</mark>&gt; &amp; &lt;<mark>mark</mark>&gt;",
        ),
        ("½ of it", "1 2", "<mark>½</mark> of it"),
        ("nothing", "", "nothing"),
    ],
)  # fmt: skip
def test_words_are_marked_as_they_are_written(text, typed, marked):
    assert mark(text, phrases_of(typed)) == marked


@given(st.text(), st.text())
def test_marking_changes_no_letter_of_a_text(text, typed):
    marked = mark(text, phrases_of(typed))
    assert html.unescape(re.sub("</?mark>", "", marked)) == html.unescape(html.escape(text))


LONG = (
    "The first sentence says little. " * 8
    + "Then the envoy spoke of mediation. "
    + "And it went on like that. " * 20
)


@pytest.mark.parametrize(
    ("fields", "typed", "start", "end"),
    [
        ({"standfirst": "All about mediation."}, "mediation", "All about <mark>mediation</mark>.", "."),
        (
            {"body": f"<p>{LONG}</p>"}, "mediation",
            f"…{'The first sentence says little. ' * 3}Then the envoy spoke of <mark>mediation</mark>. And it",
            " And…",
        ),
        ({"body": f"<p>{'word ' * 100}mediation {'word ' * 100}</p>"}, "mediation", "…word word", "word…"),
        ({"body": f"<p>{LONG}</p>"}, "nothing", "", ""),
        ({"body": f"<p>{LONG}mediat</p>", "is_cut": True}, "mediat", "", ""),
        ({"body": "<p>Frederiksen</p>", "is_cut": True}, "frederiksen", "", ""),
        (
            {"body": f"<p>{LONG}</p>", "is_cut": True}, "envoy",
            "…The first sentence says little. Then the <mark>envoy</mark> spoke of mediation.", " that…",
        ),
        (
            {"body": f"<p>{'国际调解院在香港成立' * 40}和平{'国际调解院在香港成立' * 40}</p>"}, "和平",
            "…<mark>和平</mark>国际", "…",
        ),
        ({"body": "<p>a &lt;p&gt; mediation</p>"}, "mediation", "a &lt;p&gt; <mark>mediation</mark>", ">"),
    ],
)  # fmt: skip
def test_a_snippet_shows_the_first_hit_between_whole_words(fields, typed, start, end):
    told = snippet(published("Story", **fields), phrases_of(typed))
    assert told.startswith(start)
    assert told.endswith(end)
    assert bool(told) == bool(start)
    assert len(re.sub("</?mark>", "", html.unescape(told))) <= 241


# --- the page


def test_the_page_shows_and_marks_what_was_found(client, stories):
    response = asked(client, q="mediation")
    content = response.content.decode()
    assert shown(response) == ["mediation"]
    assert "<mark>mediation</mark></a></h2>" in content
    assert "body for <mark>mediation</mark> in Hong Kong" in content
    assert "<strong>1 result</strong> for “mediation”, newest first" in content
    assert "<title>mediation: 1 result | Newsroom</title>" in content
    assert '<meta name="robots" content="noindex">' in content
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_nothing_asked_gives_the_form_and_the_latest_stories(client, stories):
    response = asked(client)
    assert len(shown(response)) == 5
    assert "Latest articles" in response.content.decode()
    assert "<title>Search | Newsroom</title>" in response.content.decode()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"q": "nowhere"}, "No results for “nowhere”. Check the spelling, or search for fewer words."),
        (
            {"q": "china", "language": "de"},
            "No results for “china”. Check the spelling, or clear the filters.",
        ),
        ({"language": "de"}, "No articles pass these filters. Clear one of them."),
        ({"q": "“?!”"}, "““?!”” holds no word to search for. Type one or more."),
        ({"q": "china " * 40}, "Only the first 200 characters are searched for."),
        ({"section": "nowhere"}, "There is no section “nowhere”. Choose one from the list."),
        ({"kind": "poem"}, "There is no type “poem”. Choose from the list."),
        ({"language": "xx"}, "We know no language “xx”. Choose one from the list."),
        ({"tag": "nobody"}, "No article carries the tag “nobody”. Check the spelling, or leave it empty."),
        ({"since": "yesterday"}, "Enter a date such as 2025-06-09, or leave it empty."),
        ({"until": "0001-01-01"}, "Choose a day between 1900 and 2999, or leave it empty."),
        ({"until": "9999-12-31"}, "Choose a day between 1900 and 2999, or leave it empty."),
        (
            {"since": "2025-06-10", "until": "2025-06-09"},
            "The last day is before the first. Swap them, or leave one empty.",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_the_latest_stories_shown(client, stories, parameters, sentence):
    response = asked(client, **parameters)
    assert response.status_code == 200
    assert sentence in html.unescape(response.content.decode())
    assert len(shown(response)) == (2 if parameters.get("q", "").startswith("china ") else 5)


def test_what_was_typed_stands_in_the_form_again(client, stories):
    parameters = {"tag": "nobody", "since": "soon", "until": "2025-06-09"}
    content = asked(client, q='a "b" <c>', **parameters).content.decode()
    assert content.count('name="q" value="a &quot;b&quot; &lt;c&gt;"') == 2
    assert 'value="nobody"' in content
    assert '<input type="text" name="since" value="soon"' in content  # a date input would not show it
    assert '<input type="date" name="until" value="2025-06-09"' in content


HOSTILE = [
    "\0", "a\0b", "'", '"', '""', '"a', 'a"b"c', "AND", "OR", "NOT", "a AND", "NOT a", "a OR OR b", "NEAR(a b)",
    "^a", "a*", "*", "-a", "+a", "a:b", "search_text : a", "{search_text}: a", "(a", "a)", "((", "&", "a & b",
    "a | b", "!a", "a <-> b", "a:*", ":*", "\\", "\\'", "%", "%s", "%(a)s", "_", ";", "--", "/*", "';DROP",
    "\ud7ff\ue000", "\u202e", "\uffff", "😂☕️", "\t\r\n", " " * 300, "a" * 10_000, '"' * 10_000, "a " * 5_000,
    "<script>alert(1)</script>", "$$", "{{ x }}", "{% x %}",
]  # fmt: skip


@pytest.mark.parametrize("name", ["q", "section", "tag", "language", "kind", "since", "until"])
def test_nothing_that_is_typed_is_an_error(client, name):
    published("China")
    for typed in HOSTILE:
        response = asked(client, **{"q": "china"} | {name: typed})
        assert response.status_code == 200, typed
        assert "<script>alert" not in response.content.decode(), typed


@pytest.mark.parametrize("before", ["", "x", "20250609T120000.000000Z-0", "20250609T120000.000000Z-99\0"])
def test_a_key_that_is_none_answers_not_found(client, stories, before):
    assert asked(client, q="china", before=before).status_code == 404


# --- filters


@pytest.fixture
def filed():
    """Four stories that differ in one thing each, oldest first."""
    published("Plain", body="<p>Peace.</p>", at=NOON)
    published("Tagged", body="<p>Peace.</p>", tags=["Hong Kong"], at=NOON + MINUTE)
    published("French", body="<p>Peace.</p>", language="fr", at=NOON + 2 * MINUTE)
    published(
        "European", body="<p>Peace.</p>", section=section("Europe"), kind="analysis", at=NOON + 3 * MINUTE
    )
    published("Next day", body="<p>Peace.</p>", at=dt.datetime(2025, 6, 9, 22, 0, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, ["Next day", "European", "French", "Tagged", "Plain"]),
        ({"section": "europe"}, ["European"]),
        ({"tag": "hong-kong"}, ["Tagged"]),
        ({"tag": "#Hong Kong"}, ["Tagged"]),
        ({"language": "fr"}, ["French"]),
        ({"language": "en"}, ["Next day", "European", "Tagged", "Plain"]),
        ({"kind": "analysis"}, ["European"]),
        ({"kind": ["analysis", "news"]}, ["Next day", "European", "French", "Tagged", "Plain"]),
        ({"since": "2025-06-10"}, ["Next day"]),  # midnight in the site's zone
        ({"until": "2025-06-09"}, ["European", "French", "Tagged", "Plain"]),
        ({"since": "2025-06-09", "until": "2025-06-09", "language": "fr"}, ["French"]),
        ({"section": "", "tag": "", "language": "", "since": "", "until": ""}, None),
    ],
)
def test_filters_narrow_the_results(client, filed, parameters, found):
    everything = ["Next day", "European", "French", "Tagged", "Plain"]
    assert shown(asked(client, q="peace", **parameters)) == (found or everything)


def test_filters_alone_list_what_passes_them(client, filed):
    response = asked(client, section="europe")
    assert shown(response) == ["European"]
    assert "<strong>1 result</strong>, newest first" in response.content.decode()


def test_a_tag_that_was_merged_away_still_filters(client, filed):
    TagAlias.objects.create(name="HK", tag=Tag.objects.get(name="Hong Kong"))
    assert shown(asked(client, q="peace", tag="hk")) == ["Tagged"]


def test_a_tag_that_no_live_story_carries_is_unknown(client, editor):
    publishing.schedule(write("Soon", tags=["secret"]), at=NOON + MINUTE, by=editor, now=NOON)
    at_first, then = (asked(client, at=moment, tag="secret") for moment in (NOON, NOON + MINUTE))
    assert "No article carries the tag “secret”" in at_first.content.decode()
    assert shown(then) == ["Soon"]


def test_each_filter_in_use_can_be_removed(client, filed):
    parameters = {
        "q": "peace",
        "section": "europe",
        "kind": "analysis",
        "language": "en",
        "since": "2025-06-01",
    }
    content = asked(client, **parameters, tag="", junk="x").content.decode()
    chips = content[content.index('aria-label="Filters in use"') : content.index("Clear all")]
    found = re.findall(r'<a href="/search/\?([^"]*)">(.*?) <span', chips)
    assert [label for _query, label in found] == ["Europe", "Analysis", "English", "From 1 June 2025"]
    for (query, _label), name in zip(found, ["section", "kind", "language", "since"], strict=True):
        left = {key: value for key, value in parameters.items() if key != name}
        assert html.unescape(query) == urlencode(left)
    assert '<a href="/search/?q=peace">Clear all</a>' in content
    assert "<b>4 filters</b>" in content


def test_only_languages_in_use_are_offered(client, filed):
    content = asked(client, q="peace", language="de").content.decode()
    offered = re.findall(r'name="language" value="([^"]*)"', content)
    assert sorted(offered) == ["", "de", "en", "fr"]
    assert re.search(r'value="de"[^>]* checked', content)


# --- pages of results, and what they cost


def test_results_lead_to_older_ones_and_back_and_keep_the_query(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    for number in range(5):
        published(f"Peace {number}", at=NOON + number * MINUTE, language="fr")
    pages, address = [], "/search/?q=peace&language=fr&tag="
    with time_machine.travel(LATER, tick=False):
        while address:
            content = client.get(address).content.decode()
            pages.append(shown(client.get(address)))
            older = re.search(r'<a href="([^"]*)" rel="next">', content)
            address = older and html.unescape(older[1])
        newer = html.unescape(re.search(r'<a href="([^"]*)" rel="prev">', content)[1])
        assert shown(client.get(newer)) == pages[1]
    assert pages == [["Peace 4", "Peace 3"], ["Peace 2", "Peace 1"], ["Peace 0"]]
    assert newer.startswith("/search/?q=peace&language=fr&before=")


def test_many_results_are_said_to_be_more_than_were_counted(client, filed, monkeypatch):
    monkeypatch.setattr(search, "COUNTED_UP_TO", 3)
    assert "<strong>More than 3 results</strong> for “peace”" in asked(client, q="peace").content.decode()
    monkeypatch.setattr(search, "COUNTED_UP_TO", 1_000)
    assert "<strong>5 results</strong> for “peace”" in asked(client, q="peace").content.decode()


@pytest.mark.parametrize(
    ("page_size", "said"), [(1, "More than 1 results"), (4, "4 results")], ids=["pages", "one page"]
)
def test_of_a_common_word_what_a_day_leaves_is_counted_as_far_as_a_page_goes(
    client, filed, monkeypatch, page_size, said
):
    monkeypatch.setattr(search, "COUNTED_UP_TO", 3)
    monkeypatch.setattr(paging, "PAGE_SIZE", page_size)
    assert (
        f"<strong>{said}</strong> for “peace”"
        in asked(client, q="peace", until="2025-06-09").content.decode()
    )


def test_of_a_rare_word_what_a_day_or_a_tag_leaves_is_counted(client, filed, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    assert "<strong>4 results</strong>" in asked(client, q="peace", until="2025-06-09").content.decode()
    assert "<strong>1 result</strong>" in asked(client, q="peace", tag="hong-kong").content.decode()


def test_an_older_page_of_a_search_that_finds_nothing_is_none(client, filed):
    assert asked(client, q="nowhere", before="20250609T120500.000000Z-17").status_code == 404


def test_the_words_of_the_filing_are_none_that_a_reader_can_search_for(filed):
    assert (
        headlines("\ue000languagefr")
        == headlines("languagefr")
        == headlines('"peace \ue000languagefr"')
        == []
    )
    assert headlines("peace", language="fr") == ["French"]


def test_a_language_with_a_region_is_narrowed_by():
    published("Peace", language="zh-hans")
    published("War", language="zh-hant")
    assert headlines("", language="zh-hans") == ["Peace"]
    assert headlines("war", language="zh-hant") == ["War"]


@pytest.mark.parametrize("parameters", [{}, {"q": "peace"}, {"q": "nowhere"}, {"tag": "x"}])
def test_a_search_takes_six_queries_at_most(client, filed, parameters, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        asked(client, **parameters)


def test_an_older_page_with_every_filter_takes_six_queries_at_most(
    client, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    for number in range(5):
        published(f"Peace {number}", at=NOON + number * MINUTE, tags=["peace"])
    parameters = {"q": "peace", "tag": "peace", "language": "en", "section": "world", "since": "2025-06-01"}
    content = asked(client, **parameters).content.decode()
    older = html.unescape(re.search(r'<a href="([^"]*)" rel="next">', content)[1])
    with time_machine.travel(LATER, tick=False), django_assert_max_num_queries(6):
        assert len(shown(client.get(older))) == 2
