"""Rules for people in the admin: made from a comment, listed, ended."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from articles.tests.reading import rows_of, texts, tree_of
from articles.tests.stories import NOON
from comments import queues
from comments.admin import people
from comments.models import Comment, Effect, PersonRule, Reason, Trait
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LIST = "/admin/comments/personrule/"


@pytest.fixture
def comment(edition):
    return posted(edition, "<b>Bold</b> words", name="Ana", email="ana@example.com", network="n" * 64)


def make(desk, comment, **fields):
    wanted = {"effect": "ban", "trait": "address", "until": "week", "note": "Insults"} | fields
    return desk.post(f"{LIST}add-for/{comment.pk}/", wanted, follow=True)


def test_the_address_of_the_page_is_the_one_that_the_queue_links_to(comment):
    assert reverse("admin:comments_personrule_make", args=[comment.pk]) == f"{LIST}add-for/{comment.pk}/"


def test_the_page_shows_the_words_the_record_and_how_many_a_rule_reaches(desk, edition, comment, moderator):
    for number in range(3):
        approved(edition, f"Earlier {number}", email="Ana@example.com", network="n" * 64)
    posted(edition, "Rude", email="ana@example.com").reject(by=moderator, reason=Reason.ABUSE)
    posted(edition, "A neighbour", email="bob@EXAMPLE.com")
    posted(edition, "Far", email="eve@notexample.com")
    page = desk.get(f"{LIST}add-for/{comment.pk}/?effect=hold")
    assert "&lt;b&gt;Bold&lt;/b&gt; words" in page.text
    record = "Comments from this e-mail address so far: Pending 1, Approved 3, Rejected 1."
    assert texts(tree_of(page), "//ul[@class='checks']/li") == [record]
    assert texts(tree_of(page), "(//fieldset)[2]/label") == [
        "The address ana@example.com. Comments from it so far: 5",
        "Everybody at example.com. Comments from this domain so far: 6, from 2 addresses",
        "The network it came from, which many people may share. Comments from it so far: 4",
    ]
    chosen = tree_of(page).xpath("//input[@type='radio'][@checked]/@value")
    assert chosen == ["hold", "address", "week"]


def test_counting_stops_somewhere(desk, edition, comment, monkeypatch):
    monkeypatch.setattr(queues, "MOST_COUNTED", 2)
    monkeypatch.setattr(people, "MOST_LOOKED_AT", 3)
    for number in range(4):
        posted(edition, f"Number {number}", email="ana@example.com", network="n" * 64)
    page = desk.get(f"{LIST}add-for/{comment.pk}/").text
    assert "Comments from it so far: more than 2" in page
    assert "Comments from this domain so far: 3, from 1 address" in page


@pytest.mark.parametrize(
    ("until", "expires_at"),
    [("day", NOON + DAY), ("week", NOON + 7 * DAY), ("month", NOON + 30 * DAY), ("ever", None)],
)
def test_a_rule_is_made_until_then_and_logged(desk, comment, clock, moderator, until, expires_at):
    clock.move_to(NOON)
    page = make(desk, comment, until=until)
    rule = PersonRule.objects.get()
    assert (rule.effect, rule.trait, rule.expires_at, rule.note) == (
        Effect.BAN,
        Trait.ADDRESS,
        expires_at,
        "Insults",
    )
    assert (rule.made_by, rule.comment) == (moderator, comment)
    assert f"From now on: Block: E-mail address of comment {comment.pk}, until:" in page.text
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (moderator, str(rule.pk))
    assert "ana@example.com" not in entry.change_message + entry.object_repr


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"effect": ""}, "Choose what to do."),
        ({"effect": "shoot"}, "Select a valid choice."),
        ({"trait": ""}, "Choose whose comments."),
        ({"until": ""}, "Choose until when."),
        (
            {"effect": "publish", "trait": "domain"},
            "Only one address can be published always. Choose the address.",
        ),
        (
            {"effect": "publish", "trait": "network"},
            "Only one address can be published always. Choose the address.",
        ),
        ({"note": "x" * 301}, "Ensure this value has at most 300 characters (it has 301)."),
        ({"note": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_rule_that_cannot_be_is_refused(desk, comment, fields, message):
    response = make(desk, comment, **fields)
    assert response.status_code == 422
    assert message in response.text
    assert fields.get("note", "Insults").replace("\x00", "") in response.text.replace("\x00", "")
    assert not PersonRule.objects.exists()


def test_without_an_address_only_the_network_can_be_chosen(desk, comment, moderator):
    comment.erase(by=moderator)
    Comment.objects.filter(pk=comment.pk).update(network="n" * 64)
    page = desk.get(f"{LIST}add-for/{comment.pk}/")
    assert "The words and the name have been deleted." in page.text
    traits = tree_of(page).xpath("//input[@name='trait']/@value")
    assert traits == ["network"]
    Comment.objects.filter(pk=comment.pk).update(network="")
    assert "there is nothing that a rule could go by" in desk.get(f"{LIST}add-for/{comment.pk}/").text


@pytest.mark.parametrize("number", [0, 99, 10**30])
def test_a_comment_that_is_not_there_has_no_page(desk, db, number):
    assert desk.get(f"{LIST}add-for/{number}/").status_code == 404


def test_the_list_says_what_by_what_until_when_and_by_whom(desk, comment, clock):
    make(desk, comment)
    rule = PersonRule.objects.get()
    assert rows_of(desk.get(LIST)) == [
        "Block E-mail address Insults 16 June 2025, 14:05 Moderator, 9 June 2025, 14:05 "
        f"Comment {comment.pk} by Ana End now"
    ]
    page = desk.post(f"{LIST}{rule.pk}/end/", follow=True)
    assert (
        f"Ended: Block: E-mail address of comment {comment.pk}. What it did to comments so far stays"
        in page.text
    )
    assert not rows_of(page)
    ended = rows_of(desk.get(f"{LIST}?state=all"))
    assert ended[0].endswith("Ended by Moderator, 9 June 2025, 14:05")
    again = desk.post(f"{LIST}{rule.pk}/end/", follow=True)
    assert (
        "This rule had ended already: Ended by Moderator, 9 June 2025, 14:05. Nothing was changed."
        in again.text
    )
    assert LogEntry.objects.filter(object_id=rule.pk).count() == 2


def test_a_rule_that_has_expired_leaves_the_list(desk, comment, clock):
    make(desk, comment, until="day")
    clock.shift(DAY)
    assert not rows_of(desk.get(LIST))
    assert texts(tree_of(desk.get(f"{LIST}?state=all")), "//td[@class='field-ending']") == ["Ended by itself"]


def test_the_page_says_which_rule_a_new_one_replaces(desk, comment, clock):
    make(desk, comment)
    page = desk.get(f"{LIST}add-for/{comment.pk}/")
    sentence = (
        f"In force: Block: E-mail address of comment {comment.pk} (made by Moderator). A new rule by the same"
    )
    assert sentence in page.text
    clock.shift(MINUTE)
    make(desk, comment, effect="publish")
    assert PersonRule.objects.running(at=NOON + 6 * MINUTE).get().effect == Effect.PUBLISH


def test_the_list_costs_the_same_however_many_there_are(
    desk, edition, moderator, django_assert_max_num_queries
):
    for number in range(12):
        row = posted(edition, f"Number {number}", email=f"r{number}@example.com")
        PersonRule.objects.make(row, effect=Effect.BAN, trait=Trait.ADDRESS, by=moderator)
    with django_assert_max_num_queries(9):
        assert desk.get(LIST).text.count("End now") >= 12
