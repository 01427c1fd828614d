"""What has to be fixed before a story goes live, what is worth another look, and how advice is waved off."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from articles import publishing, readiness
from articles.models import Article, Coverage, DeskLogLine, Edition, Image, WavedAdvice
from articles.models.article import Stage
from articles.readiness import CitedSource, Related, Story, advice_for, fixes_for
from articles.tests.stories import NOON, person, published, rewrite, source, write

MINUTE = dt.timedelta(minutes=1)
WRITTEN = {"headline": "A bridge reopens", "body": "<p>All is well.</p>"}


def picture(**fields):
    fields = {"alt": "A bridge", "width": 1, "height": 1, "file": f"images/{uuid.uuid4().hex}.png"} | fields
    return Image(**fields)


# Fix


@pytest.mark.parametrize(
    ("fields", "sentence", "where"),
    [
        ({"headline": " "}, "Enter a headline.", "headline"),
        ({"body": "<p> </p>"}, "Write the story before it goes live.", "body"),
        (
            {"body": '<p>So.<sup data-cite="s4"></sup></p>'},
            "A marker in the body names the source “s4”, which is not in the list of sources. Add the source, or "
            "remove the marker.",
            "body",
        ),
        (
            {"pictures": [picture(alt=" ", caption="The bridge")]},
            "The picture “The bridge” has no description. Enter one, or mark it as decoration only.",
            "body",
        ),
        (
            {"missing_pictures": 1},
            "A picture in the body is gone. Take it out, or put another in its place.",
            "body",
        ),
        (
            {"missing_pictures": 2},
            "2 pictures in the body are gone. Take them out, or put others in their place.",
            "body",
        ),
        (
            {"pictures": [picture(rights_until=NOON)]},
            "The rights in the picture “A bridge” end on 9 June 2025, 14:00. Choose another picture.",
            "body",
        ),
        (
            {"embargo_until": NOON + MINUTE},
            "The story is under embargo until 9 June 2025, 14:01. Choose a later time, or lift the embargo.",
            "embargo_until",
        ),
        ({"is_spiked": True}, "The story is spiked. Take it back before it is published.", ""),
    ],
)
def test_what_has_to_be_fixed_is_said_with_its_place(fields, sentence, where):
    (fix,) = fixes_for(Story(**WRITTEN | fields), live_from=NOON)
    assert (fix.sentence, fix.where) == (sentence, where)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"body": "", "is_cut": True},
        {"body": '<p>So.<sup data-cite="s4"></sup></p>', "sources": [CitedSource("s4", "Report")]},
        {"pictures": [picture(alt="", is_decorative=True)]},
        {"pictures": [picture(rights_until=NOON + MINUTE)]},
        {"embargo_until": NOON},
    ],
)
def test_a_story_in_order_has_nothing_to_be_fixed(fields):
    assert fixes_for(Story(**WRITTEN | fields), live_from=NOON) == []


def test_the_lead_picture_is_put_right_at_its_own_field():
    lead = picture(alt=" ")
    (fix,) = fixes_for(Story(**WRITTEN, lead=lead, pictures=[lead]), live_from=NOON)
    assert fix.where == "image"


def test_a_marker_without_source_is_named_once():
    body = '<p>So.<sup data-cite="s4"></sup> And so.<sup data-cite="s4"></sup></p>'
    assert len(fixes_for(Story(**WRITTEN | {"body": body}), live_from=NOON)) == 1


@pytest.mark.parametrize(
    ("fields", "depends_on_time"),
    [
        ({"embargo_until": NOON + MINUTE}, True),
        ({"pictures": [picture(rights_until=NOON)]}, True),
        ({"headline": ""}, False),
    ],
)
def test_only_some_of_it_would_be_in_order_at_another_time(fields, depends_on_time):
    (fix,) = fixes_for(Story(**WRITTEN | fields), live_from=NOON)
    assert fix.depends_on_time == depends_on_time


@pytest.fixture
def writer(db):
    return person("writer", "Reporters")


@pytest.fixture
def in_body(writer):
    """A picture of the desk's, and a body that shows it and another one that is gone."""
    image = picture(uploaded_by=writer, rights_until=NOON)
    image.save()
    figures = f'<figure data-image="{image.uid}"></figure><figure data-image="{uuid.uuid4()}"></figure>'
    return image, f"<p>All is well.</p>{figures}"


@pytest.mark.parametrize("when", [{}, {"at": NOON + MINUTE}])
def test_nothing_goes_live_before_everything_is_fixed(in_body, editor, when):
    image, body = in_body
    body += '<p>So.<sup data-cite="s4"></sup></p>'
    article = write("", body=body, image=image, stage=Stage.SPIKED, embargo_until=NOON + 2 * MINUTE)
    verb = publishing.schedule if when else publishing.publish
    with pytest.raises(publishing.PublishingRefused) as refusal:
        verb(article, by=editor, now=NOON - MINUTE if when else NOON, **when)
    expected = [
        "Enter a headline.",
        "A marker",
        "A picture in the body is gone.",
        "The rights",
        "The story is under",
    ]
    found = refusal.value.messages
    assert all(
        any(sentence.startswith(words) for sentence in found) for words in [*expected, "The story is spiked."]
    )
    assert not Edition.objects.exists()


# Advice


def sentences(**fields):
    return [advice.sentence for advice in advice_for(Story(**WRITTEN | fields))]


def test_a_story_in_order_gets_no_advice():
    assert sentences() == []


@pytest.mark.parametrize(
    ("fields", "expected", "where"),
    [
        (
            {"headline": "x" * 111},
            "The headline has 111 characters, and is cut where others list it. Shorten it to 110 or fewer.",
            "headline",
        ),
        (
            {"body": '<p>So.<sup data-cite="s2"></sup></p>', "sources": [
                CitedSource("s1", "Minutes", "https://minutes.example/"), CitedSource("s2", "Report", "https://r.example/"),
            ]},
            "Source 1 is not cited in the body. Put its marker where it belongs, or remove the source.",
            "citations-0",
        ),
        (
            {"body": '<p>So.<sup data-cite="s2"></sup><sup data-cite="s1"></sup></p>', "sources": [
                CitedSource("s1", "Minutes", "https://minutes.example/"), CitedSource("s2", "Report"),
            ]},
            "Source 2 has no address. Add it, so that readers can look there themselves.",
            "citations-1",
        ),
        (
            {"body": "<p>Over 30 countries signed the treaty in Rome.</p>",
             "related": [Related("30 nations sign treaty", "In Rome 30 nations signed.")]},
            "These figures disagree: “Over 30 countries” (body); “30 nations” (“30 nations sign treaty”). "
            "Check which is right.",
            "body",
        ),
        (
            {"headline": "14 die in Lyon fire", "body": "<p>A fire in Lyon killed 12.</p>"},
            "These figures disagree: “14 die” (headline); “12” (body). Check which is right.",
            "headline",
        ),
        (
            {"body": "<p>All this stands here twice.</p><p>All this stands here twice.</p>"},
            "A paragraph stands in the body twice: “All this stands here twice.” Remove one of them.",
            "body",
        ),
        (
            {"body": "<p>The status of the city as a seat of courts is well known. Nobody doubts the status of the "
             "city as a seat of courts.</p>"},
            "The body says the same twice: “The status of the city as a seat of courts”. Say it once.",
            "body",
        ),
        (
            {"body": "<p>He said: “All is well.</p>"},
            "A quotation mark has no partner: “All is well. Close the quotation, or take the mark out.",
            "body",
        ),
        (
            {"body": "<p>All is</p>"},
            "The body ends without a full stop: “All is”. See whether something is missing.",
            "body",
        ),
        (
            {"body": "<p>All is</p>", "is_cut": True},
            "The body ends without a full stop: “All is”. Readers are told that the captured text ends there.",
            "body",
        ),
        (
            {"dead_links": {"/2025/06/09/gone/": True}},
            "The body links to /2025/06/09/gone/, a story that was withdrawn. Link to another one, or remove the "
            "link.",
            "body",
        ),
        (
            {"dead_links": {"/2025/06/09/soon/": False}},
            "The body links to /2025/06/09/soon/, a story that is not on the site yet. Publish it first, or remove "
            "the link.",
            "body",
        ),
    ],
)  # fmt: skip
def test_what_is_worth_another_look_is_said_with_its_place(fields, expected, where):
    (advice,) = advice_for(Story(**WRITTEN | fields))
    assert (advice.sentence, advice.where) == (expected, where)


@pytest.mark.parametrize(
    ("count", "numbers"),
    [(2, "1 and 2"), (3, "1–3"), (6, "1–6")],
)
def test_sources_in_a_row_are_named_together(count, numbers):
    rows = [CitedSource(f"s{n}", f"Report {n}", "https://r.example/") for n in range(1, count + 1)]
    assert sentences(sources=rows) == [
        f"Sources {numbers} are not cited in the body. Put their markers where they belong, or remove them."
    ]


def test_sources_apart_are_named_one_by_one():
    rows = [
        CitedSource(f"s{n}", f"Report {n}", "" if n in (1, 3, 4) else "https://r.example/")
        for n in range(1, 6)
    ]
    cited = "".join(f'<sup data-cite="{row.key}"></sup>' for row in rows)
    body = f"<p>So.{cited}</p>"
    assert sentences(sources=rows, body=body)[0].startswith("Sources 1, 3 and 4 have no address.")


@pytest.mark.parametrize("end", ["<ul><li><p>One item</p></li></ul>", "<h2>A heading</h2>"])
def test_a_list_or_a_heading_may_end_a_body_without_a_full_stop(end):
    assert sentences(body=f"<p>All is well.</p>{end}") == []


def test_a_picture_at_the_end_does_not_hide_the_end():
    end = f'<figure data-image="{uuid.uuid4()}"></figure>'
    assert sentences(body=f"<p>All is well.</p>{end}") == []
    assert len(sentences(body=f"<p>All is</p>{end}")) == 1


def key_of(**fields):
    (advice,) = advice_for(Story(**WRITTEN | fields))
    return advice.key


def test_advice_is_the_same_as_long_as_its_words_are():
    key = key_of(body="<p>Good morning. All is</p>")
    assert len(key) == 64
    assert key == key_of(body="<p>Another beginning.</p><p>Good morning. All is</p>")
    assert key != key_of(body="<p>Good morning. All was</p>")
    cited = {"body": '<p>So.<sup data-cite="s1"></sup></p>'}
    no_address = [CitedSource("s1", "Report")]
    assert key_of(**cited, sources=no_address) == key_of(
        **cited, sources=no_address, headline="Another headline"
    )
    assert key_of(**cited, sources=no_address) != key_of(**cited, sources=[CitedSource("s1", "Minutes")])


@given(st.text(), st.text(), st.text())
def test_any_words_can_be_advised_on(headline, body, title):
    story = Story(headline=headline, body=f"<p>{body}</p>", sources=[CitedSource("s1", title)])
    found = advice_for(story)
    assert len({advice.key for advice in found}) == len(found)


# Where it comes from


def of(article, *, at=NOON):
    return readiness.of(article, live_from=at)


@pytest.mark.django_db
def test_related_stories_are_the_picked_ones_those_of_the_coverage_and_of_the_sources():
    coverage = Coverage.objects.create(name="Treaty", slug="treaty")
    report = source("Report", url="https://r.example/")
    said = "<p>In Rome {} nations signed the treaty on the sea.</p>"
    picked = published("Picked", body=said.format(31), at=NOON - MINUTE).article
    published("Covered", body=said.format(32), coverage=coverage, at=NOON - MINUTE)
    published("Citing", body=said.format(33), sources=[report], at=NOON - MINUTE)
    published("A stranger", body=said.format(34), at=NOON - MINUTE)
    write("A draft", body=said.format(35), coverage=coverage)
    published("Tomorrow", body=said.format(36), coverage=coverage, at=NOON + MINUTE)
    article = write(body=said.format(30), coverage=coverage, sources=[report], related=[picked])
    sentence = next(advice.sentence for advice in of(article).advice if "figures" in advice.sentence)
    assert sentence == (
        "These figures disagree: “30 nations” (body); “31 nations” (“Picked”); “32 nations” (“Covered”); "
        "“33 nations” (“Citing”). Check which is right."
    )
    assert "36 nations" in next(
        a.sentence for a in of(article, at=NOON + MINUTE).advice if "36" in a.sentence
    )


@pytest.mark.django_db
def test_the_live_edition_of_the_story_itself_is_no_related_one():
    coverage = Coverage.objects.create(name="Treaty", slug="treaty")
    said = "<p>In Rome {} nations signed the treaty on the sea.</p>"
    article = published(body=said.format(30), coverage=coverage, at=NOON - MINUTE).article
    rewrite(article, body=said.format(31))
    assert of(article).advice == []


@pytest.mark.django_db
def test_a_figure_that_the_opening_of_a_related_story_cuts_in_two_is_not_read():
    coverage = Coverage.objects.create(name="Treaty", slug="treaty")
    filling = "x" * (readiness.READ_OF_RELATED - len("<p>.</p><p>In Rome 30") - 1)
    body = f"<p>{filling}.</p><p>In Rome 30,000 people signed the treaty on the sea.</p>"
    published("Long", body=body, coverage=coverage, at=NOON - MINUTE)
    article = write(body="<p>In Rome 30,000 people signed the treaty on the sea.</p>", coverage=coverage)
    assert of(article).advice == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "is_found"),
    [
        ("/2025/06/09/gone/", True),
        ("http://127.0.0.1:8000/2025/06/09/gone/#source-1", True),
        ("/2025/06/09/gone/history/2/", True),
        ("/2025/06/09/stays/", False),
        ("/2025/06/09/never-was/", False),
        ("https://other.example/2025/06/09/gone/", False),
        ("/tags/gone/", False),
    ],
)
def test_links_to_stories_that_were_withdrawn_are_found(editor, address, is_found):
    gone = published("Gone", at=NOON - 3 * MINUTE).article
    published("Stays", at=NOON - 3 * MINUTE)
    publishing.withdraw(gone, by=editor, reason="A doubt.", now=NOON - MINUTE)
    article = write(body=f'<p>See <a href="{address}">there</a>.</p>')
    found = [advice.sentence.partition(" Link to")[0] for advice in of(article).advice]
    expected = "The body links to /2025/06/09/gone/, a story that was withdrawn."
    assert found == ([expected] if is_found else [])


@pytest.mark.django_db
def test_a_link_to_a_planned_story_is_sound_from_its_moment_on(editor):
    publishing.schedule(write("Soon"), at=NOON + MINUTE, by=editor, now=NOON - MINUTE)
    article = write(body='<p>See <a href="/2025/06/09/soon/">there</a>.</p>')
    assert ["is not on the site yet" in advice.sentence for advice in of(article).advice] == [True]
    assert of(article, at=NOON + MINUTE).advice == []


@pytest.mark.django_db
def test_what_is_done_is_said_too(in_body):
    image, _body = in_body
    body = f'<p>All is well.<sup data-cite="s1"></sup></p><figure data-image="{image.uid}"></figure>'
    article = write(body=body, sources=[source("Report", url="https://r.example/")])
    assert of(article, at=NOON - MINUTE).done == [
        "headline and body", "every marker has a source", "every picture is described",
        "nothing keeps this story from going live",
    ]  # fmt: skip
    assert of(article).done == [
        "headline and body",
        "every marker has a source",
        "every picture is described",
    ]


def test_a_new_story_has_its_first_steps_before_it():
    assert [fix.sentence for fix in readiness.of_new().fixes] == [
        "Enter a headline.", "Write the story before it goes live.",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_the_whole_list_takes_six_queries_at_most(in_body, editor, count):
    image, body = in_body
    coverage = Coverage.objects.create(name="Treaty", slug="treaty")
    sources = [source(f"Report {n}") for n in range(count)]
    others = [
        published(f"Other {n}", coverage=coverage, sources=sources, at=NOON - 3 * MINUTE)
        for n in range(count)
    ]
    for number in range(count):
        gone = published(f"Gone {number}", at=NOON - 3 * MINUTE).article
        publishing.withdraw(gone, by=editor, reason="A doubt.", now=NOON - MINUTE)
        body += f'<p>See <a href="/2025/06/09/gone-{number}/">this</a>.</p>'
    article = write(
        body=body, image=image, coverage=coverage, sources=sources, related=[o.article for o in others]
    )
    article = Article.objects.get(pk=article.pk)
    with CaptureQueriesContext(connection) as queries:
        of(article)
    assert len(queries) == 6, "\n".join(query["sql"][:200] for query in queries)


@pytest.mark.django_db
def test_a_verb_asks_for_what_must_be_fixed_in_two_queries(in_body):
    image, body = in_body
    body += '<p>So.<sup data-cite="s4"></sup></p>'
    article = Article.objects.get(pk=write(body=body, image=image).pk)
    with CaptureQueriesContext(connection) as queries:
        readiness.fixes(article, live_from=NOON)
    assert len(queries) == 2


# Waving off


@pytest.fixture
def doubtful(writer):
    """A story with one piece of advice: its body ends in mid-sentence."""
    return write(body="<p>All is</p>")


def wave(article, *, by, note=" It is a poem. ", at=NOON):
    key = advice_for(readiness.gather(article, live_from=at))[0].key
    return readiness.wave_off(article, key=key, note=note, by=by, now=at)


def test_advice_is_waved_off_with_a_note_and_a_line_of_the_log(doubtful, editor):
    (advice,) = of(doubtful).advice
    wave(doubtful, by=editor)
    ready = of(doubtful)
    assert ready.advice == []
    (waved,) = ready.waved
    assert waved.advice == advice
    assert (waved.record.by, waved.record.at, waved.record.note) == (editor, NOON, "It is a poem.")
    line = DeskLogLine.objects.get(action=DeskLogLine.Action.WAVED_OFF)
    assert (line.by, line.at, line.note) == (editor, NOON, f"{advice.sentence} It is a poem.")
    assert line.before == line.after == "draft"


def test_advice_comes_back_when_its_words_change(doubtful, editor):
    wave(doubtful, by=editor)
    rewrite(doubtful, body="<p>A new beginning.</p><p>All is</p>")
    assert of(doubtful).advice == []
    rewrite(doubtful, body="<p>All was</p>")
    assert len(of(doubtful).advice) == 1
    assert of(doubtful).waved == []


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "Say why the advice does not apply."),
        (" \n", "Say why the advice does not apply."),
        ("x" * 301, "Shorten the note to 300 characters or fewer."),
    ],
)
def test_waving_off_needs_a_note(doubtful, editor, note, sentence):
    with pytest.raises(readiness.WavingRefused, match=sentence):
        wave(doubtful, by=editor, note=note)
    assert not WavedAdvice.objects.exists()


def test_advice_that_is_not_open_cannot_be_waved_off(doubtful, editor):
    record = wave(doubtful, by=editor)
    for key in (record.key, "0" * 64, ""):
        with pytest.raises(
            readiness.WavingRefused,
            match="This advice is not open any more: the story has changed, or somebody waved it off.",
        ):
            readiness.wave_off(doubtful, key=key, note="So what.", by=editor, now=NOON + MINUTE)
    assert WavedAdvice.objects.get() == record


def test_the_record_and_the_line_of_the_log_are_written_both_or_neither(doubtful, editor):
    DeskLogLine.objects.create(article=doubtful, action=DeskLogLine.Action.WAVED_OFF, by=editor, at=NOON)
    with pytest.raises(IntegrityError, match="(?i)unique"), transaction.atomic():
        wave(doubtful, by=editor)
    assert not WavedAdvice.objects.exists()


def test_the_open_advice_is_counted_for_the_dashboard(doubtful, editor, django_assert_num_queries):
    readiness.keep_count(doubtful, of(doubtful))
    article = Article.objects.get()
    assert article.advice_count == 1
    with django_assert_num_queries(0):
        readiness.keep_count(article, readiness.Readiness(fixes=[], advice=["one"], waved=[], done=[]))
    wave(doubtful, by=editor)
    readiness.keep_count(article, of(article))
    assert Article.objects.get().advice_count == 0
