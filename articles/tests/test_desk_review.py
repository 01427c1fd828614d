"""The way through review at the desk: buttons that stand where the table allows them, and what they do."""

import datetime as dt

import pytest
import time_machine
from lxml import html

from articles import previews, publishing, versions, workflow
from articles.models import Article, DeskLogLine, SetAside
from articles.models.article import Stage
from articles.tests import desk
from articles.tests.photographs import figure, stored
from articles.tests.reading import texts
from articles.tests.stories import NOON, author, person, published, rewrite, source, write
from articles.workflow import Verb

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
LATER = NOON + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATER, tick=False) as clock:
        yield clock


@pytest.fixture
def story(reporter):
    return write("Bridge", by=reporter)


def signed_in(client, user):
    client.force_login(user)
    return client


def in_review(article, *, by):
    return workflow.move(article, Verb.SUBMIT, by=by, now=NOON)


def buttons(client, article, page="review"):
    tree = html.fromstring(client.get(desk.address(page, article)).text)
    return texts(tree, "//div[@class='bar']//button | //div[@class='bar']/a[contains(@class, 'act')]")


def test_a_reporter_sends_a_story_to_review_while_saving_it(client, reporter, editor, story):
    signed_in(client, reporter)
    response = desk.send(client, desk.address("change", story), headline="Bridge reopens", _submit="1")
    assert desk.said(client, response) == ["The story is in review. These people can publish it: Editor."]
    article = Article.objects.get(pk=story.pk)
    assert (article.headline, article.stage) == ("Bridge reopens", Stage.IN_REVIEW)


def test_a_story_that_was_sent_back_says_so_above_its_form_until_it_goes_on(client, reporter, editor, story):
    workflow.move(
        in_review(story, by=reporter), Verb.SEND_BACK, by=editor, note="Who pays?", now=NOON + MINUTE
    )
    previews.share(story, by=editor, now=NOON + 2 * MINUTE)  # a line of the log that is about something else
    signed_in(client, reporter)
    strip = "//section[contains(@class, 'back')]"
    tree = html.fromstring(client.get(desk.address("change", story)).text)
    assert texts(tree, strip) == ["Sent back by Editor, 9 June 2025, 14:01: Who pays?"]
    workflow.move(Article.objects.get(pk=story.pk), Verb.SUBMIT, by=reporter, now=LATER)
    assert texts(html.fromstring(client.get(desk.address("change", story)).text), strip) == []


def test_a_new_story_goes_to_review_with_its_first_save(client, reporter, editor):
    signed_in(client, reporter)
    published("Other")
    desk.send(client, desk.address("add"), headline="New", body="<p>Words.</p>", _submit="1")
    assert Article.objects.get(headline="New").stage == Stage.IN_REVIEW


def test_a_live_story_goes_to_review_with_its_change(client, reporter, editor):
    article = published("Live", by=reporter).article
    signed_in(client, reporter)
    desk.send(client, desk.address("change", article), headline="Live and changed", _submit="1")
    assert Article.objects.get().stage == Stage.IN_REVIEW


def test_a_live_story_without_a_change_does_not(client, reporter, editor):
    article = published("Live", by=reporter).article
    signed_in(client, reporter)
    response = desk.send(client, desk.address("change", article), _submit="1")
    assert desk.said(client, response) == [
        "Your words are saved. The story is “Live” by now, so nothing was done. Look at it again."
    ]
    assert Article.objects.get().stage == Stage.DRAFT


def test_a_save_that_is_refused_sends_nothing_to_review(client, reporter, story):
    signed_in(client, reporter)
    desk.send(client, desk.address("change", story), headline="", _submit="1")
    assert Article.objects.get(pk=story.pk).stage == Stage.DRAFT


def test_sending_twice_says_that_it_is_there_already(client, reporter, story):
    signed_in(client, reporter)
    typed = desk.filled_in(client.get(desk.address("change", story)), _submit="1")
    in_review(story, by=reporter)
    response = client.post(desk.address("change", story), typed)
    assert desk.said(client, response) == [
        "Your words are saved. The story is “In review” by now, so nothing was done. Look at it again."
    ]


@pytest.mark.parametrize(
    ("groups", "stage", "expected"),
    [
        ("Reporters", "draft", ["Send to review", "Back to the story"]),
        ("Reporters", "in_review", ["Take back from review", "Back to the story"]),
        ("Reporters", "approved", ["Back to the story"]),
        ("Editors", "draft", ["Send to review", "Spike", "Publish…", "Back to the story"]),
        ("Editors", "in_review",
         ["Approve", "Send back", "Take back from review", "Spike", "Publish…", "Back to the story"]),
        ("Editors", "approved", ["Send back", "Spike", "Publish…", "Back to the story"]),
        ("Editors", "spiked", ["Take back from the spike", "Publish…", "Back to the story"]),
    ],
)  # fmt: skip
def test_the_review_page_offers_what_is_possible(client, groups, stage, expected):
    user = person("somebody", groups)
    article = write("Bridge", by=user, stage=stage)
    assert buttons(signed_in(client, user), article) == expected


@pytest.mark.parametrize(
    ("verb", "note", "stage", "message"),
    [
        ("approve", "", Stage.APPROVED, "The story is approved."),
        ("send_back", "Who pays?", Stage.DRAFT, "The story is back with its reporter, with your note."),
        ("spike", "", Stage.SPIKED, "The story is spiked. It can be taken back at any time."),
        ("recall", "", Stage.DRAFT, "The story is a draft again."),
    ],
)
def test_an_editor_decides_on_the_review_page(client, editor, reporter, story, verb, note, stage, message):
    in_review(story, by=reporter)
    signed_in(client, editor)
    response = desk.send(client, desk.address("review", story), verb=verb, note=note)
    assert desk.said(client, response) == [message]
    assert Article.objects.get(pk=story.pk).stage == stage
    line = DeskLogLine.objects.first()
    assert (line.by, line.note, line.after) == (editor, note, stage)


def test_a_spiked_story_is_taken_back(client, editor, story):
    workflow.move(story, Verb.SPIKE, by=editor, now=NOON)
    signed_in(client, editor)
    response = desk.send(client, desk.address("review", story), verb="unspike")
    assert desk.said(client, response) == ["The story is a draft again."]


def test_a_spiked_story_is_read_only(client, editor, story):
    workflow.move(story, Verb.SPIKE, by=editor, now=NOON)
    page = html.fromstring(signed_in(client, editor).get(desk.address("change", story)).text)
    assert not page.xpath("//textarea[@name='headline']")
    assert texts(page, "//div[@class='bar']/a[contains(@class, 'act')]") == ["Review…", "Preview"]


def test_sending_back_without_a_note_keeps_the_story_where_it_is(client, editor, reporter, story):
    in_review(story, by=reporter)
    response = desk.send(
        signed_in(client, editor), desk.address("review", story), verb="send_back", note="  "
    )
    assert "Say in a note what has to be done before it comes back." in response.text
    assert Article.objects.get(pk=story.pk).stage == Stage.IN_REVIEW


def test_what_was_typed_is_kept_when_the_story_moved_on_meanwhile(client, editor, reporter, story):
    in_review(story, by=reporter)
    signed_in(client, editor)
    typed = desk.filled_in(client.get(desk.address("review", story)), verb="approve", note="Fine by me")
    rewrite(Article.objects.get(pk=story.pk), headline="Other words")
    response = client.post(desk.address("review", story), typed)
    assert (
        "The story was changed since you opened this page. Look at it again before you decide."
        in response.text
    )
    assert "Fine by me" in response.text
    assert Article.objects.get(pk=story.pk).stage == Stage.IN_REVIEW


@pytest.mark.parametrize(("verb", "status"), [("approve", 403), ("spike", 403), ("publish", 404), ("", 404)])
def test_a_reporter_cannot_decide_by_sending_what_no_button_sends(client, reporter, story, verb, status):
    in_review(story, by=reporter)
    response = desk.send(signed_in(client, reporter), desk.address("review", story), verb=verb)
    assert response.status_code == status
    assert Article.objects.get(pk=story.pk).stage == Stage.IN_REVIEW


def test_a_reporters_change_to_an_approved_story_ends_the_approval(client, editor, reporter, story):
    in_review(story, by=reporter)
    workflow.move(story, Verb.APPROVE, by=editor, now=NOON + MINUTE)
    signed_in(client, reporter)
    desk.send(client, desk.address("change", story), _continue="1")
    assert Article.objects.get(pk=story.pk).stage == Stage.APPROVED, "saved as it was"
    response = desk.send(client, desk.address("change", story), headline="Other words", _continue="1")
    assert desk.said(client, response)[0] == (
        "The story had been approved with other words, so it is in review again."
    )
    assert Article.objects.get(pk=story.pk).stage == Stage.IN_REVIEW
    assert DeskLogLine.objects.first().action == "reopened"


def test_an_editors_change_to_an_approved_story_leaves_it_approved(client, editor, reporter, story):
    in_review(story, by=reporter)
    workflow.move(story, Verb.APPROVE, by=editor, now=NOON + MINUTE)
    desk.send(signed_in(client, editor), desk.address("change", story), headline="Other words", _continue="1")
    assert Article.objects.get(pk=story.pk).stage == Stage.APPROVED


def test_the_review_of_a_live_story_opens_with_what_would_change(client, editor):
    article = published("Bridge", body="<p>It cost one million.</p>").article
    rewrite(Article.objects.get(pk=article.pk), body="<p>It cost two million.</p>")
    page = html.fromstring(signed_in(client, editor).get(desk.address("review", article)).text)
    assert texts(page, "//section/h2")[0] == "What readers would see change since version 1"
    assert texts(page, "//del") == ["Removed: one"]
    assert texts(page, "//ins") == ["Added: two"]


def test_the_review_of_a_live_story_without_changes_says_so(client, editor):
    article = published("Bridge").article
    page = signed_in(client, editor).get(desk.address("review", article)).text
    assert "The working copy and the version that readers have are the same." in page


def test_the_review_of_a_story_that_never_was_live_shows_it_whole(client, editor, story):
    page = html.fromstring(signed_in(client, editor).get(desk.address("review", story)).text)
    assert texts(page, "//article[@class='reading']/h3") == ["Bridge"]


def test_such_a_review_shows_picture_and_bylines_too(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = stored(caption="The bridge.", credit="Ana Foto")
    article = write("Bridge", image=picture, bylines=[author("Ana"), author("Ben")])
    page = html.fromstring(signed_in(client, editor).get(desk.address("review", article)).text)
    assert texts(page, "//article[@class='reading']//figcaption") == ["The bridge. Ana Foto"]
    assert texts(page, "//article[@class='reading']//img/@alt") == ["A bridge over a river"]
    assert texts(page, "//article[@class='reading']/p[@class='by']") == ["By Ana, Ben"]


def test_the_log_of_the_story_stands_on_its_page(client, editor, reporter, story):
    in_review(story, by=reporter)
    workflow.move(story, Verb.SEND_BACK, by=editor, note="Who pays?\nAnd when?", now=NOON + MINUTE)
    for page in ("change", "review"):
        tree = html.fromstring(signed_in(client, editor).get(desk.address(page, story)).text)
        assert texts(tree, "//ol[@class='log']/li") == [
            "Sent back 9 June 2025, 14:01, by Editor From “In review” to “Draft” Who pays?And when?",
            "Sent to review 9 June 2025, 14:00, by Reporter From “Draft” to “In review”",
        ], page


# Versions.


@pytest.fixture
def twice(editor):
    """A story with two versions whose working copy has other words still."""
    article = published("First").article
    rewrite(Article.objects.get(pk=article.pk), headline="Second")
    publishing.publish(article, by=editor, now=NOON + MINUTE, note="New words")
    return rewrite(Article.objects.get(pk=article.pk), headline="Working copy")


def test_the_versions_are_listed_newest_first(client, editor, twice):
    publishing.schedule(twice, at=LATER + MINUTE, by=editor, now=LATER)
    page = html.fromstring(signed_in(client, editor).get(desk.address("versions", twice)).text)
    assert texts(page, "//ol/li") == [
        "Version 3 Planned for 9 June 2025, 15:01 Update · by Editor Working copy",
        "Version 2 9 June 2025, 14:01 · Readers have this one Update: New words · by Editor Second"
        " Bring back version 2…",
        "Version 1 9 June 2025, 14:00 First published · by Editor First Bring back version 1… · Redact version 1…",
    ]


def test_a_story_without_versions_says_what_will_be_there(client, editor, story):
    page = signed_in(client, editor).get(desk.address("versions", story)).text
    assert "What readers get is kept here, version by version, once the story is published." in page


def test_a_version_is_brought_back_after_a_look_at_what_changes(client, reporter, twice):
    Article.objects.filter(pk=twice.pk).update(created_by=reporter)
    signed_in(client, reporter)
    where = desk.address("version", twice, 1)
    page = html.fromstring(client.get(where).text)
    assert texts(page, "//del"), "what goes is shown"
    response = desk.send(client, where)
    assert desk.said(client, response) == [
        "Version 1 is in the working copy. Readers see nothing of it until it is published."
    ]
    assert Article.objects.get(pk=twice.pk).headline == "First"


def test_words_set_aside_are_shown_and_come_back(client, editor, twice):
    set_aside = versions.bring_back(twice, number=1, by=editor, now=NOON + 2 * MINUTE)
    signed_in(client, editor)
    assert "Words set aside" in client.get(desk.address("versions", twice)).text
    where = desk.address("set_aside", twice, set_aside.pk)
    assert "Working copy" in client.get(where).text
    response = desk.send(client, where)
    assert desk.said(client, response) == ["The words are in the working copy again."]
    assert Article.objects.get(pk=twice.pk).headline == "Working copy"
    assert SetAside.objects.count() == 2


def test_words_set_aside_are_shown_with_their_pictures_and_markers(client, editor, twice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = stored()
    twice.citations.create(source=source("Report"), key="s4")
    rewrite(twice, body=f'<p>Aside.<sup data-cite="s4"></sup></p>{figure(picture)}')
    set_aside = versions.bring_back(twice, number=1, by=editor, now=NOON + 2 * MINUTE)
    page = html.fromstring(signed_in(client, editor).get(desk.address("set_aside", twice, set_aside.pk)).text)
    assert texts(page, "//article[@class='reading']//sup") == ["1"]
    assert texts(page, "//article[@class='reading']//figure/img/@alt") == ["A bridge over a river"]


def test_words_of_one_story_cannot_be_put_into_another(client, editor, twice, story):
    set_aside = versions.bring_back(twice, number=1, by=editor, now=NOON + 2 * MINUTE)
    signed_in(client, editor)
    assert client.post(desk.address("set_aside", story, set_aside.pk)).status_code == 404
    assert Article.objects.get(pk=story.pk).headline == "Bridge"


def test_a_version_is_redacted_with_a_reason(client, editor, twice):
    signed_in(client, editor)
    where = desk.address("redact", twice, 1)
    assert "Enter a reason. It stays in the desk’s log." in desk.send(client, where, reason=" ").text
    response = desk.send(client, where, reason="It named a child.")
    assert desk.said(client, response) == ["Version 1 is redacted."]
    page = client.get(desk.address("versions", twice)).text
    assert "Redacted on" in page
    assert "First</" not in page
    for ask in (client.get, client.post):
        response = ask(desk.address("version", twice, 1))
        assert desk.said(client, response) == ["Version 1 was redacted, so none of its words are left."]


def test_the_version_that_readers_have_is_not_redacted(client, editor, twice):
    response = desk.send(signed_in(client, editor), desk.address("redact", twice, 2), reason="A name")
    assert (
        "Readers are served this version. Publish another one or withdraw the story first." in response.text
    )


@pytest.mark.parametrize("page", ["version", "redact"])
@pytest.mark.parametrize("number", [3, 4, 10**6])
def test_a_version_that_is_none_yet_is_not_found(client, editor, twice, page, number):
    publishing.schedule(twice, at=LATER + MINUTE, by=editor, now=LATER)
    assert signed_in(client, editor).get(desk.address(page, twice, number)).status_code == 404
