"""What readers see of a policy, and what becomes of words sent too late."""

import datetime as dt

import pytest

from articles.tests.stories import NOON, section
from comments.models import Comment, Mode, Policy
from comments.tests.replies import MINUTE, approved, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
REPLY = f"{STORY}reply/"
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
FORM = '<form class="reply" id="reply" method="post"'
PAUSED_TODAY = 'Comments are paused until <time datetime="2025-06-09T20:00+02:00">20:00</time>.'
PAUSED = 'Comments are paused until <time datetime="2025-06-10T08:00+02:00">10 June 2025, 08:00</time>.'


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, None),
        ({"mode": Mode.OPEN}, None),
        ({"mode": Mode.CLOSED}, "Comments are closed."),
        ({"close_after_days": 1}, None),
        ({"paused_until": NOON + 6 * HOUR}, PAUSED_TODAY),
        ({"paused_until": NOON + 18 * HOUR}, PAUSED),
        ({"paused_until": NOON}, None),
        ({"mode": Mode.CLOSED, "paused_until": NOON + 6 * HOUR}, "Comments are closed."),
    ],
)
@pytest.mark.parametrize("page", [STORY, REPLY])
def test_the_form_stands_where_comments_are_open(client, edition, page, fields, shown):
    comment = approved(edition)
    Policy.objects.create(**fields)
    text = client.get(page).text
    assert (FORM in text) is (shown is None)
    assert shown is None or f'<p class="quiet">{shown}</p>' in text
    assert (f"{REPLY}?to={comment.pk}" in text) is (shown is None and page == STORY)


def test_the_hour_of_a_pause_is_written_as_people_say_it(client, edition, clock):
    Policy.objects.create(paused_until=NOON + 18 * HOUR)
    clock.shift(14 * HOUR)  # past midnight in Brussels
    assert (
        'Comments are paused until <time datetime="2025-06-10T08:00+02:00">8:00</time>.'
        in client.get(STORY).text
    )


@pytest.mark.parametrize("page", [STORY, REPLY])
def test_readers_are_told_when_comments_close(client, edition, clock, page):
    assert "Comments close on" not in client.get(page).text
    Policy.objects.create(section=section(), close_after_days=1)
    closing = 'Comments close on <time datetime="2025-06-10T14:00+02:00">10 June 2025, 14:00</time>.'
    assert closing in client.get(page).text
    clock.move_to(NOON + DAY - MINUTE)
    assert closing in client.get(page).text
    clock.move_to(NOON + DAY)
    late = client.get(page).text
    assert closing not in late
    assert "Comments are closed." in late


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        (Mode.PRE_MODERATED, "Comments are read by a moderator before they appear."),
        (Mode.TRUSTED, "A moderator reads comments of new people before they appear."),
        (Mode.OPEN, "Moderators read comments, some of them before they appear."),
    ],
)
def test_readers_are_told_who_reads_first(client, edition, mode, sentence):
    Policy.objects.create(mode=mode)
    assert sentence in client.get(STORY).text
    assert sentence in client.get(REPLY).text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"mode": Mode.CLOSED},
            "Comments closed while you were writing. Copy your text if you want to keep it",
        ),
        (
            {"close_after_days": 1},
            "Comments closed while you were writing. Copy your text if you want to keep it",
        ),
        (
            {"paused_until": NOON + 2 * DAY},
            "Comments were paused while you were writing. Copy your text, and post it again after the pause",
        ),
    ],
)
def test_who_posts_too_late_gets_everything_back(client, edition, clock, fields, sentence):
    Policy.objects.create(**fields)
    clock.move_to(NOON + DAY)
    response = client.post(REPLY, typed(text="<b>Mine</b>", name="Ana & Co", email="ana@example.com"))
    assert response.status_code == 422
    assert sentence in response.text
    assert "<title>Error: Reply to the article" in response.text
    assert ">&lt;b&gt;Mine&lt;/b&gt;</textarea>" in response.text
    assert 'readonly value="Ana &amp; Co"' in response.text
    assert 'readonly value="ana@example.com"' in response.text
    assert "Post comment" not in response.text
    assert not Comment.objects.exists()


def test_after_the_pause_the_same_words_are_taken(client, edition, clock):
    Policy.objects.create(paused_until=NOON + HOUR)
    assert client.post(REPLY, typed()).status_code == 422
    clock.move_to(NOON + HOUR)
    assert client.post(REPLY, typed()).status_code == 303


def test_policies_cost_the_story_no_query(client, edition, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(4):
            assert client.get(STORY).status_code == 200

    count()
    Policy.objects.create(close_after_days=3)
    Policy.objects.create(section=section(), mode=Mode.OPEN)
    Policy.objects.create(article=edition.article, trusted_after=3)
    count()
