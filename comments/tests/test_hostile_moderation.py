"""Visitors' words are text on every page of moderation, in what its script is told, and where readers report."""

import pytest
from django.urls import reverse

from comments.models import Effect, ErrorReport, PersonRule, Reason, Trait
from comments.tests.replies import MINUTE, posted
from comments.tests.test_hostile_words import PAYLOADS, REPLY, STORY, shown_as_text

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("payload", PAYLOADS)]
QUEUE = reverse("admin:comments_comment_changelist")
EMAIL = '"<b>x</b>"@example.com'


@pytest.fixture
def comment(edition, payload, moderator):
    """Hostile in every field that somebody sends, approved, and reported with hostile words."""
    other = posted(edition, f"Another {payload}", name=payload, email=EMAIL, at=edition.live_from + MINUTE)
    other.reject(by=moderator, reason=Reason.OTHER, reason_text=payload)
    comment = posted(edition, payload, name=payload, email=EMAIL)
    comment.approve(by=moderator)
    comment.report(network="a", reason=Reason.OTHER, note=payload)
    return comment


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def test_in_the_queue_of_reports_with_record_and_note(desk, comment, payload):
    assert shown_as_text(desk.get(QUEUE, {"queue": "reported"}), payload, times=4)


def test_in_the_search_field(desk, comment, payload):
    if "\0" not in payload:
        assert shown_as_text(desk.get(QUEUE, {"queue": "approved", "q": payload}), payload)


def test_in_the_author_s_record(desk, comment, payload):
    address = reverse("admin:comments_comment_author", args=[comment.pk])
    assert shown_as_text(desk.get(address), payload, times=2)


def test_on_the_page_that_makes_a_rule_and_in_its_list(desk, comment, payload, editor):
    make = reverse("admin:comments_personrule_make", args=[comment.pk])
    assert shown_as_text(desk.get(make), payload, times=2)
    PersonRule.objects.make(comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=editor, note=payload)
    assert shown_as_text(desk.get(reverse("admin:comments_personrule_changelist")), payload, times=2)


def test_in_what_the_script_is_told(desk, comment, payload):
    """JSON, as such and no page: the script puts it into the page as text."""
    sent = {"do": f"feature:{comment.pk}", f"seen_{comment.pk}": comment.decision_count}
    decided = desk.post(
        reverse("admin:comments_comment_decide"), sent, headers={"Accept": "application/json"}
    )
    news = desk.get(reverse("admin:comments_comment_news"), {"seen": f"{comment.pk}.0", "queue": "approved"})
    assert {response.headers["Content-Type"] for response in (decided, news)} == {"application/json"}
    assert payload in decided.json()["said"]


def test_on_the_page_that_reports_it(client, comment, payload):
    page = f"{STORY}comments/{comment.pk}/report/"
    assert shown_as_text(client.get(page), payload)
    refused = client.post(page, {"note": payload})
    assert refused.status_code == 422
    assert shown_as_text(refused, payload, times=2)


def test_on_the_pages_of_a_reported_error(client, edition, payload, editor):
    refused = client.post(f"{STORY}report-an-error/", {"right": payload, "name": payload, "email": payload})
    assert refused.status_code == 422
    assert shown_as_text(refused, payload)
    report, _ = ErrorReport.objects.post(
        edition=edition, network="n", wrong=payload, right=payload, name=payload, email=EMAIL
    )
    client.force_login(editor)
    for name, args in (("changelist", []), ("change", [report.pk])):
        page = client.get(reverse(f"admin:comments_errorreport_{name}", args=args))
        assert shown_as_text(page, payload)


def test_on_the_page_of_the_thread(client, comment, payload):
    assert shown_as_text(client.get(f"{STORY}comments/"), payload, times=2)
    assert shown_as_text(client.get(REPLY, {"to": comment.pk}), payload, times=2)
