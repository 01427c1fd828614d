"""Writing a story in the admin: what is filled in, what is kept, what is refused, and what it costs."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import publishing
from articles.models import Article, Edition, Pin, Source
from articles.models.article import State
from articles.rich_text import paragraphs_to_html
from articles.tests import desk
from articles.tests.stories import NOON, author, person, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
CITED = '<p>It holds.<sup data-cite="s2"></sup></p>'


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON + 5 * MINUTE, tick=False) as traveller:
        yield traveller


def state(article):
    return Article.objects.with_state().get(pk=article.pk).state


def test_a_new_story_is_saved_as_a_draft_of_whoever_wrote_it(client, reporter):
    section("World")
    client.force_login(reporter)
    response = desk.send(
        client, desk.address("add"), headline="Bridge reopens", body="<p>It holds.</p>", tags="#Hong Kong",
        **desk.rows("citations", title="City report", publisher="City"), _continue="1",
    )  # fmt: skip
    article = Article.objects.get()
    assert response.url == desk.address("change", article)
    assert (article.created_by, article.updated_by, article.updated_at) == (
        reporter,
        reporter,
        NOON + 5 * MINUTE,
    )
    assert [tag.name for tag in article.tag_list()] == ["Hong Kong"]
    assert article.citations.get().key == "s1"
    assert Source.objects.get().slug == "city-report"
    assert article.fingerprint == article.working_fingerprint()
    assert state(article) == State.DRAFT
    assert not Edition.objects.exists()


def test_section_language_and_byline_come_from_the_account(client, reporter):
    section("World"), section("Europe")
    mine = author("Ana Reporter", user=reporter)
    write(by=reporter, section=section("Europe"), language="fr")
    client.force_login(reporter)
    response = client.get(desk.address("add"))
    values = desk.filled_in(response)
    assert values["section"] == str(section("Europe").pk)
    assert values["language"] == "fr"
    assert values["bylines-0-author"] == str(mine.pk)

    client.post(desk.address("add"), values | {"headline": "Signed"})
    assert Article.objects.get(headline="Signed").bylines.get().author == mine


def test_saving_a_story_as_it_is_changes_no_word_of_it(desk_client):
    body = '<p>One <strong>line</strong>\nand “another” &amp; more.<sup data-cite="s2"></sup></p><p lang="x">End</p>'
    tags = ["zebra", "apple", "mango"]
    article = write(
        "Ends in  two spaces: un an après", standfirst="First line.\nSecond line.", tags=tags,
        body=body, bylines=[author("B"), author("A")], sources=[source("One"), source("Two", url="https://two.example/")],
        related=[published("Other").article], language="fr", slug="an-address",
    )  # fmt: skip
    publishing.publish(article, by=person("editor", "Editors"), now=NOON)
    before = Article.objects.get(pk=article.pk)
    response = desk.send(desk_client, desk.address("change", article))
    after = Article.objects.get(pk=article.pk)

    assert response.status_code == 302
    assert after.fingerprint == before.fingerprint
    assert state(article) == State.LIVE
    assert [tag.name for tag in after.tag_list()] == tags
    assert after.standfirst == "First line.\nSecond line."


def test_line_ends_of_browsers_are_no_change(desk_client):
    article = write("Lines", standfirst="One.\nTwo.", body="<p>One</p>\n<p>Two</p>")
    values = desk.filled_in(desk_client.get(desk.address("change", article)))
    sent = {name: value.replace("\n", "\r\n") for name, value in values.items()}
    desk_client.post(desk.address("change", article), sent)
    saved = Article.objects.get(pk=article.pk)
    assert (saved.standfirst, saved.body) == ("One.\nTwo.", "<p>One</p>\n<p>Two</p>")


def test_saving_does_not_touch_what_readers_see(desk_client):
    article = published("Old words").article
    desk.send(desk_client, desk.address("change", article), headline="New words")
    assert Edition.objects.live().get().headline == "Old words"
    assert state(article) == State.LIVE_CHANGED


def test_markup_in_the_body_is_cleaned_when_it_is_saved(desk_client):
    article = write()
    desk.send(
        desk_client, desk.address("change", article), body="<p onclick=x>Fine<script>alert(1)</script></p>"
    )
    assert Article.objects.get().body == "<p>Fine</p>"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"headline": ""}, "Enter a headline."),
        ({"slug": "!?"}, "Enter letters or digits, or leave this empty."),
        (
            {"embargo_until": "2025-03-30T02:30"},
            "On 30 March 2025 the clocks go forward, and Brussels has no 02:30. Choose another time.",
        ),
        (
            {"citations-0-publisher": "City"},
            "Enter the title of this source, or its address if it is on record.",
        ),
        ({"citations-0-url": "nonsense"}, "Enter a valid URL."),
        (
            {"citations-0-url": "https://unknown.example/"},
            "Enter the title of this source. Its address is not on record yet.",
        ),
        (
            {"related_picks-0-story": "No such story"},
            "No story on the site has this headline or address. Take one that is suggested.",
        ),
    ],
)
def test_a_form_with_an_error_keeps_everything_that_was_typed(desk_client, typed, sentence):
    article = write("Before")
    fields = {"headline": "After", "standfirst": "Kept words", "tags": "kept", **typed}
    response = desk.send(desk_client, desk.address("change", article), **fields)
    assert response.status_code == 200
    assert sentence in response.text
    assert response.text.count("<title>Error: ")
    again = desk.filled_in(response)
    assert {name: again[name] for name in fields} == fields
    assert Article.objects.get().headline == "Before"
    assert not Source.objects.exists()


def test_the_headlines_length_is_said(desk_client):
    article = write("China and Allies Establish the International Organization for Mediation in Hong Kong")
    assert (
        "84 characters. Search engines show about 60."
        in desk_client.get(desk.address("change", article)).text
    )


def test_the_slug_says_what_changing_it_does_once_there_is_an_address(desk_client):
    article = write("Story")
    page = desk.address("change", article)
    assert "made from the headline at first publication" in desk_client.get(page).text
    publishing.publish(article, by=person("editor", "Editors"), now=NOON)
    assert "The story’s address is /2025/06/09/story/. With other words here" in desk_client.get(page).text


def test_a_form_opened_before_publication_changes_nothing_when_it_is_saved_after_it(desk_client):
    article = write("Story")
    opened = desk.filled_in(desk_client.get(desk.address("change", article)))
    publishing.publish(article, by=person("editor", "Editors"), now=NOON)
    assert desk_client.post(desk.address("change", article), opened).status_code == 302
    article = Article.objects.with_state().get()
    assert (article.slug, article.state) == ("story", "live")


def test_emptying_the_slug_goes_back_to_the_address_that_readers_know(desk_client):
    article = write("Story")
    publishing.publish(article, by=person("editor", "Editors"), now=NOON)
    desk.send(desk_client, desk.address("change", article), slug="other")
    desk.send(desk_client, desk.address("change", article), slug="")
    assert Article.objects.get().slug == "story"


def test_the_bar_says_who_saved_the_story_and_when(desk_client):
    article = write()
    desk.send(desk_client, desk.address("change", article))
    text = desk_client.get(desk.address("change", article)).text
    assert '<span class="state draft">Draft</span>' in text
    assert "Saved 14:05 by Editor" in text


def test_a_reporter_is_told_who_can_publish(client, reporter, editor):
    client.force_login(reporter)
    text = client.get(desk.address("change", write(by=reporter))).text
    assert "These people can publish it: Editor." in text
    assert "Publish…" not in text


def test_somebody_who_may_only_look_sees_the_words_and_no_field(client, administrator):
    client.force_login(administrator)
    article = write("Story", body=CITED, sources=[source("One"), source("Two")], tags=["china"])
    text = client.get(desk.address("change", article)).text
    assert "It holds." in text
    assert "Two" in text
    assert "china" in text
    assert 'name="headline"' not in text
    assert "<textarea" not in text


def test_saving_and_going_on_to_publish(desk_client):
    article = write("Before")
    response = desk.send(desk_client, desk.address("change", article), headline="After", _publish="1")
    assert response.url == desk.address("publish", article)
    assert Article.objects.get().headline == "After"


# Sources


def listed(article):
    return [row.source.title for row in article.citations.select_related("source").order_by("position")]


def test_a_source_that_was_suggested_is_used_as_it_stands(desk_client):
    known, article = source("Report", publisher="City"), write()
    typed = desk.rows("citations", title="Report (City)", title_id=str(known.pk))
    desk.send(desk_client, desk.address("change", article), **typed)
    assert article.citations.get().source == known


@pytest.mark.parametrize(
    "typed",
    [
        {"title": "Another title", "url": "https://city.example/report"},
        {"url": "https://city.example/report"},
        {"title": "Report"},
        {"title": "Report", "publisher": "City"},
    ],
    ids=["address", "address alone", "title", "title and publisher"],
)
def test_a_source_that_is_on_record_is_not_recorded_again(desk_client, typed):
    known = source("Report", publisher="City", url="https://city.example/report")
    article = write()
    desk.send(desk_client, desk.address("change", article), **desk.rows("citations", **typed))
    assert article.citations.get().source == known
    assert Source.objects.get().title == "Report"


@pytest.mark.parametrize(
    "typed",
    [
        {"title": "Report", "publisher": "Another city"},
        {"title": "Report", "url": "https://city.example/another"},
        {"title": "Report 2", "title_id": "known"},
    ],
    ids=["publisher", "address", "suggestion written over"],
)
def test_a_source_that_differs_is_a_new_one(desk_client, typed):
    known, article = source("Report", publisher="City", url="https://city.example/report"), write()
    typed = {name: str(known.pk) if value == "known" else value for name, value in typed.items()}
    desk.send(desk_client, desk.address("change", article), **desk.rows("citations", **typed))
    new = article.citations.get().source
    assert new != known
    assert new.slug in ("report-2", "report-2-2")
    known.refresh_from_db()
    assert known.publisher == "City"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"title": "Report"}, {"title": "Report"}),
        ({"title": "New", "url": "https://new.example/"}, {"title": "Other", "url": "https://new.example/"}),
    ],
)
def test_a_source_stands_once_in_a_list(desk_client, first, second):
    source("Report")
    article = write()
    typed = desk.rows("citations", **first) | desk.rows(
        "citations", **{f"{k}_1": v for k, v in second.items()}
    )
    typed["citations-TOTAL_FORMS"] = "2"
    response = desk.send(desk_client, desk.address("change", article), **typed)
    assert "This source is in the list already." in response.text
    assert not article.citations.exists()


def test_a_cited_source_cannot_be_deleted_before_its_marker(desk_client):
    article = write(body=CITED, sources=[source("One"), source("Two"), source("Three")])
    page = desk.address("change", article)
    response = desk.send(desk_client, page, **{"citations-1-DELETE": "on"})
    assert (
        "Source 2 is cited in the body, in paragraph 1: “It holds.”. Remove its marker first."
        in response.text
    )
    assert listed(article) == ["One", "Two", "Three"]

    desk.send(desk_client, page, **{"citations-1-DELETE": "on", "body": "<p>It holds.</p>"})
    assert listed(article) == ["One", "Three"]
    assert [row.key for row in article.citations.order_by("position")] == ["s1", "s3"]


@pytest.mark.parametrize(
    ("row", "number", "order"),
    [
        (2, "1", "CABD"), (0, "3", "BCAD"), (0, "99", "BCDA"), (3, "2", "ADBC"), (1, "", "ABCD"),
    ],
)  # fmt: skip
def test_the_number_of_a_row_sets_its_place(desk_client, row, number, order):
    article = write(sources=[source(name) for name in "ABCD"])
    desk.send(desk_client, desk.address("change", article), **{f"citations-{row}-number": number})
    assert "".join(listed(article)) == order


def test_a_row_that_somebody_else_removed_is_pointed_out(desk_client):
    article = write(sources=[source("One"), source("Two")])
    page = desk.address("change", article)
    values = desk.filled_in(desk_client.get(page))
    article.citations.first().delete()
    response = desk_client.post(page, values | {"headline": "After"})
    assert "Somebody removed a row of this list meanwhile. Save again if the rest is right." in response.text
    assert desk_client.post(page, desk.filled_in(response)).status_code == 302
    assert listed(article) == ["Two"]
    assert Article.objects.get().headline == "After"


def test_keys_of_new_rows_go_on_from_every_key_the_story_has_had(desk_client, editor):
    article = write("Story", sources=[source("One"), source("Two")])
    publishing.publish(article, by=editor, now=NOON)
    article.citations.last().delete()
    typed = desk.rows("citations", title_1="Three", title_2="Four") | {"citations-TOTAL_FORMS": "3"}
    desk.send(desk_client, desk.address("change", article), **typed)
    assert [row.key for row in article.citations.order_by("position")] == ["s1", "s3", "s4"]


# Bylines and picked stories


def test_bylines_are_added_ordered_and_removed(desk_client):
    article = write(bylines=[author("A"), author("B")])
    desk.send(
        desk_client, desk.address("change", article),
        **{"bylines-0-DELETE": "on", "bylines-2-author": str(author("C").pk), "bylines-2-role": "translated by",
           "bylines-2-number": "1"},
    )  # fmt: skip
    assert [str(row) for row in article.bylines.all()] == ["translated by C", "B"]


def test_an_author_is_named_once(desk_client):
    article = write(bylines=[author("A")])
    typed = {"bylines-1-author": str(author("A").pk)}
    response = desk.send(desk_client, desk.address("change", article), **typed)
    assert "This author is named already." in response.text


@pytest.mark.parametrize(
    "typed", ["Other story", "/2025/06/09/other-story/", "https://x.example/2025/06/09/other-story/"]
)
def test_a_related_story_is_picked_by_its_headline_or_address(desk_client, typed):
    other, article = published("Other story").article, write()
    desk.send(desk_client, desk.address("change", article), **desk.rows("related_picks", story=typed))
    assert article.related_picks.get().related == other


def test_of_two_stories_with_one_headline_the_suggested_one_is_picked(desk_client):
    first, second, article = published("Same").article, published("Same").article, write()
    page = desk.address("change", article)
    response = desk.send(desk_client, page, **desk.rows("related_picks", story="Same"))
    assert "Several stories have this headline. Paste the address of the one you mean." in response.text
    desk.send(desk_client, page, **desk.rows("related_picks", story="Same", story_id=str(second.pk)))
    assert article.related_picks.get().related == second != first


def test_a_picked_story_is_called_what_readers_called_it(client, reporter, editor):
    other = published("Public", by=editor).article
    article = write("Mine", by=reporter, related=[other])
    publishing.withdraw(other, by=editor, reason="A doubt.", now=NOON + MINUTE)
    rewrite(Article.objects.get(pk=other.pk), headline="Secret", by=editor)
    client.force_login(reporter)
    text = client.get(desk.address("change", article)).text
    assert ">Public</a>" in text
    assert "Secret" not in text


def test_what_is_not_on_the_site_cannot_be_picked(desk_client):
    draft, article = write("Draft"), write("Story")
    typed = desk.rows("related_picks", story="Draft", story_id=str(draft.pk))
    response = desk.send(desk_client, desk.address("change", article), **typed)
    assert "No story on the site has this headline or address." in response.text


def test_only_stories_on_the_site_are_suggested(desk_client):
    live = published("Bridge one")
    write("Bridge two")
    found = desk_client.get(desk.address("suggest"), {"term": "bridge"}).json()
    assert found == {"results": [{"id": live.article_id, "text": "Bridge one"}]}
    assert desk_client.get(desk.address("suggest"), {"term": " "}).json() == {"results": []}


@pytest.mark.parametrize(
    "typed",
    [
        {"citations-0-title": "Report", "citations-0-title_id": str(10**30)},
        {"citations-0-title": "Report", "citations-0-title_id": "x"},
        {"related_picks-0-story": "Story", "related_picks-0-story_id": str(10**30)},
        {"bylines-0-author": str(10**30)},
        {"section": str(10**30)},
        {"image": "9" * 5_000},
        {"headline": "\x00"},
        {"citations-0-number": "0", "citations-0-title": "Report"},
        {"citations-0-title": "\x00"},
        {"language": "klingon"},
        {"citations-TOTAL_FORMS": "x"},
        {"citations-TOTAL_FORMS": "100000"},
    ],
)
def test_forged_values_are_refused_with_the_form_again(desk_client, typed):
    article = write("Before")
    response = desk.send(desk_client, desk.address("change", article), **typed)
    assert response.status_code == 200
    assert "Please correct the error" in response.text
    assert Article.objects.get().headline == "Before"


# Deleting


def test_a_story_that_was_never_published_can_be_deleted(desk_client):
    article = write(tags=["china"], bylines=[author()], sources=[source("One")])
    desk_client.post(desk.address("delete", article), {"post": "yes"})
    assert not Article.objects.exists()


def test_what_rests_on_a_story_keeps_it_from_being_deleted(desk_client, editor):
    article = write("Pinned")
    Pin.objects.create(article=article, pinned_from=NOON + 60 * MINUTE)
    page = desk.address("delete", article)
    for response in (desk_client.get(page), desk_client.post(page, {"post": "yes"})):
        assert "“Pinned” cannot be deleted, because these rest on it. Nothing was changed." in response.text
    assert Article.objects.exists()


def test_a_story_that_the_log_knows_is_not_deleted(desk_client, editor):
    article = write("Planned once")
    publishing.schedule(article, at=NOON + 60 * MINUTE, by=editor, now=NOON)
    publishing.cancel_schedule(article, by=editor, now=NOON + MINUTE)
    assert "Delete this story…" not in desk_client.get(desk.address("change", article)).text
    assert desk_client.post(desk.address("delete", article), {"post": "yes"}).status_code == 403
    assert Article.objects.exists()


# What it costs


@pytest.mark.parametrize("count", [2, 20])
def test_saving_untouched_sources_costs_the_same_for_two_and_twenty(desk_client, count):
    article = write(
        "Long", body=paragraphs_to_html("A line of words.\n" * 100), tags=["one", "two"], bylines=[author()],
        sources=[source(f"Source {n}") for n in range(count)],
    )  # fmt: skip
    page = desk.address("change", article)
    values = desk.filled_in(desk_client.get(page))
    with CaptureQueriesContext(connection) as queries:
        assert desk_client.post(page, values | {"headline": "Longer"}).status_code == 302
    assert len(queries) <= 30, "\n".join(query["sql"][:150] for query in queries)


def test_opening_the_form_costs_the_same_for_few_and_many_rows(desk_client):
    def cost(article):
        with CaptureQueriesContext(connection) as queries:
            desk_client.get(desk.address("change", article))
        return len(queries)

    few = write("Few", sources=[source("One")], bylines=[author("A")], related=[published("R0").article])
    many = write(
        "Many", sources=[source(f"Source {n}") for n in range(20)], bylines=[author(f"A{n}") for n in range(4)],
        related=[published(f"R{n}").article for n in range(5)], tags=["a", "b", "c"],
    )  # fmt: skip
    cost(few), cost(many)  # the first time, the open advice is counted
    assert cost(few) == cost(many) <= 31
