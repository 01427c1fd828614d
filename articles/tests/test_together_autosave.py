"""Words that were typed and not saved: kept as one person's draft, offered back, and gone once they are saved."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles.models import Article, Autosave
from articles.tests import desk
from articles.tests.stories import NOON, author, person, section, source, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
OFFER = "You have words from"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON + 5 * MINUTE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story():
    return write(
        "A bridge reopens", body="<p>It holds.</p>", tags=["one"], sources=[source("Report")],
        bylines=[author("Ana")],
    )  # fmt: skip


def page_of(story):
    return desk.address("change", story) if story else desk.address("add")


def kept_at(story):
    return desk.address("autosave", story) if story else desk.address("autosave_new")


def type_in(client, story, **typed):
    """What the browser sends while somebody types; the answer."""
    values = desk.filled_in(client.get(page_of(story)), **typed)
    return client.post(kept_at(story), values).json()


def test_typed_words_are_kept_and_touch_nothing(ana, story):
    ana.get(page_of(story))  # which counts the story's advice
    before = Article.objects.values().get()
    answer = type_in(
        ana, story, headline="Typed", tags="x, y", **desk.rows("citations", title_1="Half a tit")
    )
    assert answer["isKept"]
    assert answer["said"] == "Kept 14:05:00"
    assert Article.objects.values().get() == before
    assert story.citations.count() == 1
    draft = Autosave.objects.get()
    assert (draft.user.username, draft.version, draft.saved_at) == ("ana", 1, NOON + 5 * MINUTE)
    assert draft.fields["headline"] == ["Typed"]
    assert draft.fields["citations-1-title"] == ["Half a tit"]
    assert not {"csrfmiddlewaretoken", "_continue", "unanswered", "who"} & set(draft.fields)


def test_a_person_has_one_draft_of_a_story(ana, story, clock):
    values = desk.filled_in(ana.get(page_of(story)), headline="First")
    ana.post(kept_at(story), values)
    clock.shift(MINUTE)
    ana.post(kept_at(story), values | {"headline": "Second"})
    draft = Autosave.objects.get()
    assert (draft.fields["headline"], draft.saved_at) == (["Second"], NOON + 6 * MINUTE)


def test_what_no_form_would_accept_is_kept_too(ana, story):
    values = {"headline": "", "slug": "\x00!?", "embargo_until": "yesterday", "version": "nine"}
    assert ana.post(kept_at(story), values).json()["isKept"]
    draft = Autosave.objects.get()
    assert (draft.fields["slug"], draft.version) == (["!?"], 0)


def test_a_field_that_no_form_has_keeps_the_words_of_no_other_from_being_kept(ana, story):
    assert type_in(ana, story, **{"headline": "Typed", "head\x00line": "Forged"})["isKept"]
    fields = Autosave.objects.get().fields
    assert fields["headline"] == ["Typed"]
    assert "head\x00line" not in fields


def test_kept_words_are_offered_when_the_form_is_opened_again(ana, story, clock):
    type_in(ana, story, headline="Typed")
    assert "You have words from 14:05 that were never saved." in ana.get(page_of(story)).text
    clock.shift(dt.timedelta(days=1))
    assert "You have words from 9 June 2025, 14:05 that were never saved." in ana.get(page_of(story)).text


def test_somebody_elses_words_are_never_offered(ana, ben, story):
    type_in(ana, story, headline="Anas own words")
    text = ben.get(page_of(story)).text
    assert OFFER not in text
    assert "Anas own words" not in text
    response = ben.post(page_of(story), {"_restore": "1"})
    assert "Anas own words" not in ben.get(response.url).text


def test_words_as_they_are_stored_are_not_offered(ana, story):
    type_in(ana, story)
    assert OFFER not in ana.get(page_of(story)).text


def test_a_draft_in_which_nothing_was_changed_is_not_offered_after_somebody_elses_save(ana, ben, story):
    type_in(ana, story)
    desk.send(ben, page_of(story), headline="Ben’s")
    assert OFFER not in ana.get(page_of(story)).text


def test_bringing_back_shows_the_kept_words_and_saves_nothing(ana, story):
    typed = {
        "headline": "Typed", "body": "<p>New body.</p>", "tags": "one, two", "is_cut": "on", "slug": "!?",
        "bylines-0-role": "words", **desk.rows("citations", title_1="New source", publisher_1="City"),
    }  # fmt: skip
    type_in(ana, story, **typed)
    response = ana.post(page_of(story), {"_restore": "1"})
    assert response.status_code == 200
    assert "These are the words kept at 14:05. Save them if they are right." in desk.said(ana, response)
    again = desk.filled_in(response)
    assert {name: again[name] for name in typed} == typed
    assert "Please correct the error" not in response.text
    assert OFFER not in response.text
    assert Article.objects.get().version == 1

    assert ana.post(page_of(story), again | {"slug": "fine"}).status_code == 302
    saved = Article.objects.get()
    assert (saved.headline, saved.body, saved.version) == ("Typed", "<p>New body.</p>", 2)
    assert [row.source.title for row in story.citations.select_related("source")] == ["Report", "New source"]


def test_a_saved_story_has_no_draft_of_that_person_any_more(ana, ben, story):
    type_in(ana, story, headline="Ana’s")
    type_in(ben, story, headline="Ben’s")
    response = ana.post(page_of(story), {"_restore": "1"})
    ana.post(page_of(story), desk.filled_in(response))
    assert Autosave.objects.get().user.username == "ben"


def test_words_of_another_window_are_not_lost_with_a_save(ana, story):
    opened = desk.filled_in(ana.get(page_of(story)))
    ana.post(kept_at(story), opened | {"submission": "one", "headline": "Typed in one"})
    saved = ana.post(page_of(story), opened | {"submission": "other", "standfirst": "Typed in the other"})
    assert saved.status_code == 302
    assert OFFER in ana.get(page_of(story)).text
    again = desk.filled_in(ana.post(page_of(story), {"_restore": "1"}))
    assert again["headline"] == "Typed in one"
    refused = ana.post(page_of(story), again)
    assert refused.status_code == 409
    ana.post(page_of(story), desk.filled_in(refused) | {"_both": "2"})
    story = Article.objects.get()
    assert (story.headline, story.standfirst) == ("Typed in one", "Typed in the other")
    assert not Autosave.objects.exists()


def test_words_brought_back_over_a_newer_version_meet_it_when_they_are_saved(ana, ben, story):
    type_in(ana, story, headline="Ana’s")
    desk.send(ben, page_of(story), headline="Ben’s")
    page = ana.get(page_of(story))
    assert "The story was saved since: if you bring them back and save, you see both first." in page.text
    response = ana.post(page_of(story), {"_restore": "1"})
    refused = ana.post(page_of(story), desk.filled_in(response))
    assert refused.status_code == 409
    assert desk.filled_in(refused)["headline"] == "Ana’s"
    assert Article.objects.get().headline == "Ben’s"


def test_words_that_the_browser_kept_come_back_the_same_way(ana, story):
    values = desk.filled_in(ana.get(page_of(story)), headline="From the browser", submission="abc")
    response = ana.post(page_of(story), values | {"_restore": "browser"})
    assert "These are the words that this browser kept. Save them if they are right." in desk.said(
        ana, response
    )
    again = desk.filled_in(response)
    assert (again["headline"], again["submission"]) == ("From the browser", "abc")
    assert Article.objects.get().version == 1
    ana.post(page_of(story), again)
    assert '"saved": ["abc"]' in ana.get(page_of(story)).text  # so that the browser forgets its copy


def test_words_that_are_thrown_away_are_gone(ana, story):
    type_in(ana, story, headline="Typed")
    response = ana.post(kept_at(story), {"_throw_away": "1"})
    assert response.url == page_of(story)
    assert not Autosave.objects.exists()
    again = ana.post(page_of(story), {"_restore": "1"})
    assert "No unsaved words of yours are kept for this story any more." in desk.said(ana, again)


def test_older_words_stay_until_somebody_decides_about_them(ana, story, clock):
    type_in(ana, story, headline="Old words")
    values = desk.filled_in(ana.get(page_of(story)), headline="New words")
    assert values["unanswered"]
    clock.shift(MINUTE)
    assert not ana.post(kept_at(story), values).json()["isKept"]
    assert ana.post(page_of(story), values).status_code == 302
    assert Autosave.objects.get().fields["headline"] == ["Old words"]
    assert OFFER in ana.get(page_of(story)).text

    ana.post(kept_at(story), {"_throw_away": "1"})
    assert ana.post(kept_at(story), values | {"unanswered": ""}).json()["isKept"]


def test_a_new_story_has_a_draft_of_its_own(ana, ben, story):
    section()
    type_in(ana, story, headline="Of the story")
    type_in(ana, None, headline="Of a new one", **desk.rows("citations", title="Source"))
    assert OFFER in ana.get(page_of(None)).text
    assert OFFER not in ben.get(page_of(None)).text
    response = ana.post(page_of(None), {"_restore": "1"})
    values = desk.filled_in(response, _continue="1")
    assert (values["headline"], values["citations-0-title"]) == ("Of a new one", "Source")
    assert Article.objects.count() == 1
    ana.post(page_of(None), values)
    assert Article.objects.filter(headline="Of a new one").exists()
    assert Autosave.objects.get().article == story


def test_a_draft_goes_with_its_story(ana, story):
    type_in(ana, story, headline="Typed")
    ana.post(desk.address("delete", story), {"post": "yes"})
    assert not Autosave.objects.exists()


def test_the_answer_tells_of_others_and_of_a_newer_version(ana, ben, story):
    values = desk.filled_in(ben.get(page_of(story)), headline="Typed")
    assert ben.post(kept_at(story), values).json()["news"] == ""
    desk.send(ana, page_of(story), headline="Ana’s")
    answer = ben.post(kept_at(story), values).json()
    assert answer["others"] == ["Ana is editing this (just now)"]
    assert answer["news"] == "Ana saved a newer version at 14:05."
    answer = ana.post(kept_at(story), values).json()
    assert answer["news"] == "You saved a newer version at 14:05, in another window."


def test_words_of_whoever_was_signed_in_before_are_not_taken(ana, story):
    response = ana.post(kept_at(story), {"headline": "Typed", "who": "4000000"})
    assert response.status_code == 403
    assert "Somebody else is signed in with this browser now." in response.text
    assert not Autosave.objects.exists()


def test_the_desk_gives_a_fresh_token(ana, story):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("ana", "Editors"))
    answer = client.get(kept_at(story)).json()
    assert answer["who"] == str(person("ana", "Editors").pk)
    refused = client.post(kept_at(story), {"headline": "Typed"})
    assert refused.status_code == 403
    taken = client.post(kept_at(story), {"headline": "Typed"}, headers={"X-CSRFToken": answer["token"]})
    assert taken.status_code == 200


def test_more_than_five_megabytes_are_refused(ana, story):
    assert ana.post(kept_at(story), {"body": "x" * (5 * 1024 * 1024 + 1)}).status_code == 413
    assert not Autosave.objects.exists()


def test_two_megabytes_of_any_script_are_kept_brought_back_and_saved(ana, story):
    body = "<p>" + "Мост открыт. " * 90_000 + "</p>"
    assert len(body.encode()) > 2_000_000
    type_in(ana, story, body=body)
    response = ana.post(page_of(story), {"_restore": "1"})
    assert (
        html.fromstring(response.text).get_element_by_id("article_form").get("enctype")
        == "multipart/form-data"
    )
    assert ana.post(page_of(story), desk.filled_in(response)).status_code == 302
    assert Article.objects.get().body.startswith("<p>Мост открыт. Мост")


@pytest.mark.parametrize("is_first", [True, False])
def test_keeping_costs_at_most_eight_queries(ana, story, is_first):
    values = desk.filled_in(ana.get(page_of(story)), headline="Typed")
    if not is_first:
        ana.post(kept_at(story), values)
    with CaptureQueriesContext(connection) as queries:
        assert ana.post(kept_at(story), values).json()["isKept"]
    assert len(queries) <= 8 + is_first, "\n".join(query["sql"][:150] for query in queries)


def test_opening_a_form_with_a_draft_costs_the_same_for_few_and_many_rows(ana):
    def cost(count):
        article = write(f"With {count}", sources=[source(f"{count}, {n}") for n in range(count)])
        type_in(ana, article, headline="Typed", **desk.rows("citations", **{f"title_{count}": "New"}))
        with CaptureQueriesContext(connection) as queries:
            assert OFFER in ana.get(page_of(article)).text
        return len(queries)

    cost(1)
    assert cost(2) == cost(20) <= 35


def test_markup_in_kept_words_stands_raw_on_no_page(ana, story):
    hostile = "<b onmouseover=alert(7)>\"'</b>"
    type_in(ana, story, headline=hostile, tags=hostile, **desk.rows("citations", title_1=hostile))
    for response in (ana.get(page_of(story)), ana.post(page_of(story), {"_restore": "1"})):
        assert response.status_code == 200
        assert "<b onmouseover" not in response.text
