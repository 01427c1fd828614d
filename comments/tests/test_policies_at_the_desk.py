"""Policies in the admin: the list, the form that says what is inherited, pausing, and what a story's page says."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from articles.models import Coverage
from articles.tests.reading import rows_of, texts, tree_of
from articles.tests.stories import NOON, published, rewrite, section, write
from comments.models import Mode, Policy
from comments.tests.replies import MINUTE, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
ADD, LIST = "admin:comments_policy_add", "admin:comments_policy_changelist"
PAUSE = "/admin/comments/policy/pause/"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
EMPTY = {
    "section": "", "coverage": "", "article": "", "mode": "", "trusted_after": "", "close_after_days": "",
    "paused_until": "", "asks_proof": "unknown", "reports_to_hold": "",
}  # fmt: skip


def add(desk, **fields):
    return desk.post(reverse(ADD), EMPTY | fields)


def test_what_is_left_empty_is_inherited(desk, edition):
    assert add(desk).status_code == 302
    policy = Policy.objects.get()
    assert (policy.mode, policy.trusted_after, policy.asks_proof, policy.place) == (
        "",
        None,
        None,
        "the whole site",
    )


def test_a_moderator_names_a_story_by_its_address(desk, edition):
    for written in (
        f"https://news.example{STORY}?at=2025#comments",
        f"{STORY}comments/",
        str(edition.article_id),
    ):
        assert add(desk, article=written, mode="closed").status_code == 302
        assert Policy.objects.get().article_id == edition.article_id
        Policy.objects.all().delete()


@pytest.mark.parametrize(
    "written", ["/2025/06/09/no-such-story/", "https://[", "9" * 30, "999999", "Harbour bridge", "/", "\x00"]
)
def test_a_story_that_is_not_found_is_told_so_and_nothing_is_lost(desk, edition, written):
    response = add(desk, article=written, close_after_days="14")
    assert response.status_code == 200
    assert any(
        words in response.text
        for words in (
            "No story has this address. Copy it from your browser, on the story’s page.",
            "Null characters",
        )
    )
    assert 'value="14"' in response.text
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"section": True, "article": STORY}, "A policy is of one place."),
        ({"mode": "closed"}, "There is a policy for this already. Change that one instead."),
        ({"close_after_days": "3651"}, "Ensure this value is less than or equal to 3650."),
        ({"close_after_days": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"trusted_after": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"reports_to_hold": "many"}, "Enter a whole number."),
        ({"mode": "nonsense"}, "Select a valid choice."),
        ({"paused_until": "tomorrow"}, "Enter a valid date/time."),
    ],
)
def test_a_policy_that_cannot_be_is_refused(desk, edition, fields, message):
    Policy.objects.create()
    section_of = {"section": edition.section_id} if fields.get("section") else {}
    response = add(desk, **(fields | section_of))
    assert response.status_code == 200
    assert message in response.text
    assert Policy.objects.count() == 1


def test_the_form_says_what_is_inherited_now(desk, edition):
    Policy.objects.create(mode=Mode.OPEN)
    Policy.objects.create(section=section(), close_after_days=14)
    own = Policy.objects.create(article=edition.article, mode=Mode.CLOSED, close_after_days=3)
    page = desk.get(reverse("admin:comments_policy_change", args=[own.pk])).text
    empty = "Left empty, it is as now inherited: "
    assert (
        f"{empty}“Comments appear at once unless something holds them, by the policy of the whole site.”"
        in page
    )
    assert f"{empty}“Closed 14 days after publication, by the policy of the section World.”" in page
    assert f"{empty}“Reports from 3 networks hold a comment, by default.”" in page
    assert "As inherited" in page
    fresh = desk.get(reverse(ADD)).text
    assert f"{empty}“Comments never close by themselves, by default.”" in fresh


def test_the_name_of_a_section_is_text_in_the_form(desk):
    Policy.objects.create(section=section("<b>Bold</b>"), mode=Mode.OPEN)
    story = write("In it", section=section("<b>Bold</b>"))
    own = Policy.objects.create(article=story)
    page = desk.get(reverse("admin:comments_policy_change", args=[own.pk])).text
    assert "<b>Bold</b>" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page


def test_the_place_of_a_policy_stays(desk, edition):
    own = Policy.objects.create(article=edition.article)
    change = reverse("admin:comments_policy_change", args=[own.pk])
    assert desk.post(change, EMPTY | {"section": edition.section_id, "mode": "open"}).status_code == 302
    own.refresh_from_db()
    assert (own.section, own.article_id, own.mode) == (None, edition.article_id, "open")
    assert "changed" in desk.get(reverse("admin:comments_policy_history", args=[own.pk])).text.lower()


def test_the_list_is_read_in_sentences(desk, edition):
    assert "Every comment waits for a moderator, by default." in desk.get(reverse(LIST)).text
    Policy.objects.create(mode=Mode.TRUSTED, trusted_after=3, reports_to_hold=5)
    Policy.objects.create(section=section(), close_after_days=14, asks_proof=True)
    Policy.objects.create(
        coverage=Coverage.objects.create(name="The bridge", slug="b"),
        paused_until=NOON + HOUR,
        close_after_days=0,
    )
    Policy.objects.create(article=edition.article, mode=Mode.CLOSED, paused_until=NOON)
    rewrite(edition.article, headline="A working headline")
    page = desk.get(reverse(LIST))
    assert rows_of(page) == [
        "the whole site Trusted after 3 approved comments from a proven address; others wait for a moderator — — — "
        "Reports from 5 networks hold a comment",
        "the section World — Closed 14 days after publication — Authors are asked to prove their address —",
        "the coverage The bridge — Comments never close by themselves Paused until 9 June 2025, 15:00 — —",
        "the story “Harbour bridge reopens” Closed — — — —",
    ]
    assert "A working headline" not in page.text


def test_the_list_costs_the_same_however_many_there_are(desk, django_assert_max_num_queries):
    for number in range(12):
        Policy.objects.create(article=published(f"Story {number}").article, mode=Mode.OPEN)
    with django_assert_max_num_queries(9):
        assert "Story 11" in desk.get(reverse(LIST)).text


# --- pausing


def test_comments_are_paused_for_a_bad_night_and_resumed(desk, edition, clock, client):
    page = desk.get(PAUSE)
    assert "Comments are not paused anywhere." in page.text
    assert texts(tree_of(page), "//fieldset[contains(@class, 'choices')]/label") == [
        "1 hour, until 9 June 2025, 15:05", "Until the morning, 10 June 2025, 08:00", "Until another time:",
    ]  # fmt: skip
    done = desk.post(PAUSE, {"until_when": "morning"}, follow=True)
    assert "Comments are paused until 10 June 2025, 08:00: the whole site." in done.text
    assert "The whole site, until 10 June 2025, 08:00." in " ".join(texts(tree_of(done), "//li"))
    assert client.post(f"{STORY}reply/", typed()).status_code == 422
    policy = Policy.objects.get()
    again = desk.post(PAUSE, {"resume": policy.pk}, follow=True)
    assert "The pause has ended: the whole site." in again.text
    assert client.post(f"{STORY}reply/", typed()).status_code == 303
    assert "Comments were not paused any more" in desk.post(PAUSE, {"resume": policy.pk}, follow=True).text
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Paused until 10 June 2025, 08:00.", "The pause was ended.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (NOON, NOON + 18 * HOUR),
        (NOON + 10 * HOUR + 30 * MINUTE, NOON + 18 * HOUR),  # half past midnight: the same morning
        (NOON + 18 * HOUR, NOON + 18 * HOUR + DAY),
        (NOON + 18 * HOUR - MINUTE, NOON + 18 * HOUR),
    ],
)
def test_until_the_morning_is_until_the_next_eight_o_clock(desk, clock, at, until):
    clock.move_to(at)
    desk.post(PAUSE, {"until_when": "morning"})
    assert Policy.objects.get().paused_until == until


def test_a_section_is_paused_alone_and_the_rest_of_its_policy_stays(desk, edition, clock):
    Policy.objects.create(section=section(), mode=Mode.OPEN)
    desk.post(PAUSE, {"until_when": "own", "own_time": "2025-06-09T23:30", "where": edition.section_id})
    policy = Policy.objects.get()
    assert (policy.mode, policy.paused_until) == (Mode.OPEN, NOON + 9.5 * HOUR)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"until_when": ""}, "Choose until when."),
        ({"until_when": "never"}, "Select a valid choice."),
        ({"until_when": "own"}, "Enter the day and time at which comments open again."),
        ({"until_when": "own", "own_time": "2025-06-09T14:05"}, "This time has passed. Enter a later one."),
        ({"until_when": "own", "own_time": "soon"}, "Enter a valid date/time."),
        ({"until_when": "hour", "where": "99"}, "Select a valid choice."),
    ],
)
def test_a_pause_without_an_end_is_refused(desk, clock, fields, message):
    response = desk.post(PAUSE, fields)
    assert response.status_code == 422
    assert message in response.text
    assert not Policy.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "99", "9" * 30])
def test_a_pause_that_is_not_there_cannot_be_ended(desk, clock, number):
    assert desk.post(PAUSE, {"resume": number}).status_code == 404


# --- beside a story


def test_the_story_at_the_desk_says_what_holds_and_leads_to_its_policy(
    client, edition, editor, reporter, clock
):
    client.force_login(editor)
    change = reverse("admin:articles_article_change", args=[edition.article_id])
    page = client.get(change)
    said = "//section[@aria-labelledby='comments-policy']//li"
    assert "Every comment waits for a moderator, by default." in texts(tree_of(page), said)
    add_for_it = f"{reverse(ADD)}?article={edition.article_id}"
    assert add_for_it in page.text
    assert f'value="{STORY}"' in client.get(add_for_it).text
    own = Policy.objects.create(article=edition.article, mode=Mode.CLOSED)
    page = client.get(change)
    assert "Closed, by the story’s own policy." in texts(tree_of(page), said)
    assert reverse("admin:comments_policy_change", args=[own.pk]) in page.text
    draft = write("Mine", by=reporter)
    client.force_login(reporter)
    page = client.get(reverse("admin:articles_article_change", args=[draft.pk]))
    assert "Every comment waits for a moderator, by default." in texts(tree_of(page), said)
    assert reverse(ADD) not in page.text
