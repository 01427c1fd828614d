"""What triage sees in a comment, what it must not see, and the sentence for each."""

import json

import pytest

from articles.rich_text import search_text
from comments.spam import Facts, Words, folded_phrase, likeness_of, sentences, triage

SEEN_BEFORE = {"approved_before": 5}
OTHER = "Nobody asked the people of the harbour whether they wanted another police station there."
LISTED = {folded_phrase(phrase): points for phrase, points in {
    "casino": 3, "press": 2, "idiots": 2, "win big": 3, "café": 2, "Größe": 2, "彩票": 3,
}.items()}  # fmt: skip


def seen(text, *, name="Ana", **facts):
    """[(signal's name, points)] of a comment by somebody known."""
    return [
        (signal.name, signal.points)
        for signal in triage(Words(text, name), Facts(**SEEN_BEFORE | facts)).signals
    ]


def marked(text, **facts):
    """The parts of the text that a verdict marks."""
    signals = triage(Words(text), Facts(**SEEN_BEFORE | facts)).signals
    return [text[start:end] for signal in signals for start, end in signal.marks]


# --- links


@pytest.mark.parametrize(
    ("text", "points", "marks"),
    [
        ("See https://a.example/x.", 1, ["https://a.example/x"]),
        ("See www.a.example, please", 1, ["www.a.example"]),
        ("casino.example/bonus and casino.example/vip", 2, ["casino.example/bonus", "casino.example/vip"]),
        ("buy at shop.com!", 1, ["shop.com"]),
        ("a.com b.net c.org", 4, ["a.com", "b.net", "c.org"]),
        ("HTTP://A.EXAMPLE/ (http://b.example/)", 2, ["HTTP://A.EXAMPLE/", "http://b.example/"]),
        ("“https://a.example/x”", 1, ["https://a.example/x"]),
    ],
)
def test_links_are_counted_and_marked(text, points, marks):
    assert seen(text) == [("links", points)]
    assert marked(text) == marks


@pytest.mark.parametrize(
    "text",
    [
        "e.g. this one", "in the U.S.A. today", "It was the end.It was late", "HK$466.6 million", "3.5/5 stars",
        "write to ana@shop.com", "and/or", "wait...what", "version 1.2.3", "@news.org said so",
    ],
)  # fmt: skip
def test_what_is_no_link_is_not_counted(text):
    assert seen(text) == []


def test_a_link_to_a_source_of_the_story_speaks_for_a_comment():
    facts = {"cited": frozenset({"un.example"})}
    assert seen("See https://www.un.example/report", **facts) == [("cited", -2)]
    assert seen("See https://un.example/a and https://un.example.evil.example/b", **facts) == [
        ("links", 1), ("cited", -2)
    ]  # fmt: skip


# --- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Those IDIOTS again", ["IDIOTS"]),
        ("Casino, casino!", ["Casino", "casino"]),
        ("Win big today", ["Win big"]),
        ("win, big", ["win, big"]),
        ("At the Cafe and the CAFÉ", ["Cafe", "CAFÉ"]),
        ("Die GRÖSSE zählt", ["GRÖSSE"]),
        ("买彩票吧", ["彩票"]),
    ],
)
def test_listed_words_are_found_whatever_their_case_and_accents(text, words):
    assert marked(text, listed=LISTED) == words


@pytest.mark.parametrize(
    "text", ["WordPress is a press-free word, expression", "idiot, idiotism", "wins bigger", "the big win"]
)
def test_parts_of_words_are_not_found(text):
    found = marked(text, listed=LISTED)
    assert found == (["press"] if "press-free" in text else [])


# --- others like it


def test_much_the_same_words_are_found_in_another_comment():
    alike = "Nobody asked the people of the harbour if they wanted another station there!"
    unlike = "The mayor has asked everybody, and the station was what they voted for."
    neighbours = {7: likeness_of(alike), 8: likeness_of(unlike)}
    verdict = triage(Words(OTHER), Facts(neighbours=neighbours, **SEEN_BEFORE))
    assert [signal.name for signal in verdict.signals] == ["near_duplicate"]
    assert verdict.similar_to == [7]


@pytest.mark.parametrize("text", ["Thanks!", "Who pays?", "", "🤔"])
def test_the_same_short_words_are_near_duplicates_only_of_themselves(text):
    neighbours = {1: likeness_of(text), 2: likeness_of("Thanks a lot for this."), 3: likeness_of("")}
    expected = [1] if folded_phrase(text) else []
    assert triage(Words(text), Facts(neighbours=neighbours)).similar_to == expected


def test_the_same_quotation_in_two_comments_is_found_unless_the_story_says_it():
    text = "The government keeps telling everybody “we are all friends here” now."
    other = "Oh, “We are all friends here”? Not after what the harbour has been through, sorry."
    neighbours = {3: likeness_of(other)}
    assert seen(text, neighbours=neighbours) == [("near_duplicate", 3)]
    story = search_text("The chair said: we are all friends here, and left.")
    assert seen(text, neighbours=neighbours, story=story) == []


def test_what_is_kept_of_a_text_for_comparing_holds_no_word_of_it():
    kept = json.dumps(likeness_of(OTHER + " “we are all friends here”"))
    assert not any(word in kept for word in ("Nobody", "harbour", "friends"))


# --- how it is written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nooooooo way", [("drawn_out", 1)]),
        ("What?????!", [("drawn_out", 1)]),
        ("Nooo way!!", []),
        ("In the year 200000", []),
        ("WHY DOES NOBODY EVER LISTEN TO US", [("shouting", 1)]),
        ("NATO, the UN and the EU said it in the IAEA and the OSCE to the WHO", []),
        ("WHY NOT", []),
        ("Log in at pаypal today", [("mixed_scripts", 3)]),  # a Cyrillic а
        ("Путин and Macron met", []),
        ("The π-meson and the Δt", []),
        ("Τhis is Greek", [("mixed_scripts", 3)]),  # a Greek Τ
        ("f\u200br\u200be\u200be money", [("invisible", 2)]),
        ("👩‍👩‍👧 and 👨‍👩‍👧‍👦 came", []),
        ("دی\u200cروز رفت", []),
    ],
)
def test_how_it_is_written(text, expected):
    assert seen(text) == expected


def test_a_name_of_two_scripts_is_seen():
    assert seen("Hello there", name="Аdmin") == [("mixed_scripts", 3)]


# --- who sent it, and how


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"seconds_taken": 2}, [("fast", 3)]),
        ({"seconds_taken": 5}, []),
        ({"seconds_taken": None}, []),
        ({"approved_before": 0}, [("first", 0)]),
        ({"approved_before": 5, "rejected_before": 1}, [("rejected_before", 1)]),
        ({"approved_before": 1, "rejected_before": 2}, [("rejected_before", 3)]),
        ({"lately_from_network": 1}, []),
        ({"lately_from_network": 2}, [("flood", 2)]),
        ({"lately_from_network": 5}, [("flood", 4)]),
    ],
)
def test_who_sent_it_and_how(facts, expected):
    assert seen("A word about the harbour.", **facts) == expected


# --- the verdict


@pytest.mark.parametrize(
    ("text", "facts", "sentence"),
    [
        ("a.com", {}, "1 link"),
        ("a.com b.com", {}, "2 links"),
        (
            "https://un.example/",
            {"cited": frozenset({"un.example"})},
            "Links to a source that the story cites",
        ),
        ("Idiots!", {"listed": LISTED}, "Listed word: “idiots”"),
        (OTHER, {"neighbours": {1: likeness_of(OTHER)}}, "Nearly the same as another comment"),
        ("Nooooooo", {}, "Letters or marks repeated over and over"),
        ("WHY DOES NOBODY LISTEN TO US", {}, "Written in capitals"),
        ("pаypal", {}, "Letters of different scripts in one word"),
        ("f\u200br\u200be\u200be", {}, "3 invisible characters"),
        ("Hm", {"seconds_taken": 1}, "Sent 1 second after the page was opened"),
        ("Hm", {"seconds_taken": 2}, "Sent 2 seconds after the page was opened"),
        ("Hm", {"approved_before": 0}, "First comment from this address"),
        ("Hm", {"rejected_before": 1}, "1 of 6 earlier comments rejected"),
        ("Hm", {"lately_from_network": 2}, "3 comments from this network in ten minutes"),
    ],
)
def test_every_signal_is_a_sentence_also_from_the_log(text, facts, sentence):
    verdict = triage(Words(text), Facts(**SEEN_BEFORE | facts))
    kept = json.loads(json.dumps(verdict.as_data()))
    assert sentences(kept) == [(sentence, verdict.score)]


@pytest.mark.parametrize(
    ("text", "facts", "holds", "is_spam"),
    [
        ("A word about the harbour.", {}, False, False),
        ("A word about the harbour.", {"approved_before": 0}, False, False),
        ("See a.com", {}, True, False),
        ("Win big at casino.example/a casino.example/b", {"listed": LISTED}, True, True),
        ("https://un.example/a shows it", {"cited": frozenset({"un.example"})}, False, False),
    ],
)
def test_points_decide_whether_a_comment_is_held_or_spam(text, facts, holds, is_spam):
    verdict = triage(Words(text), Facts(**SEEN_BEFORE | facts))
    assert (verdict.holds, verdict.is_spam) == (holds, is_spam)


def test_triage_says_the_same_of_the_same():
    facts = Facts(neighbours={1: likeness_of(OTHER)}, listed=LISTED)
    assert triage(Words(OTHER), facts) == triage(Words(OTHER), facts)


@pytest.mark.parametrize("text", ["a-" * 100_000, "-a." * 60_000, "a" * 200_000, "http://" * 30_000])
def test_looking_for_links_takes_no_longer_for_what_is_nearly_one(text):
    """Time that grew with the square of the length would be an hour here."""
    assert "links" in [signal.name for signal in triage(Words(f"{text} example.com/x"), Facts()).signals]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see foo-www.example.org and -example.com", ["foo-www.example.org", "example.com"]),
        ("and/www.example.org/a, him@example.com", ["www.example.org/a"]),
        ("foo-http://example.org/b. example.com-like", ["http://example.org/b", "example.com"]),
        ("The end.Next one. example.museum/x", ["example.museum/x"]),
    ],
)
def test_links_are_found_wherever_they_begin(text, links):
    found = [signal for signal in triage(Words(text), Facts()).signals if signal.name == "links"]
    assert [text[start:end] for start, end in found[0].marks] == links
