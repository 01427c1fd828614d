"""Who may do what: each person at every comment address."""

import datetime as dt

import pytest
from django.urls import get_resolver, reverse

from articles.tests.stories import NOON, person
from comments import urls
from comments.models import (
    Answer,
    Comment,
    Effect,
    ErrorReport,
    Kind,
    Letter,
    ListedWord,
    PersonRule,
    Policy,
    PrivacyLine,
    Status,
    Trait,
)
from comments.month_counts import keep_months
from comments.muting import token_for
from comments.posting import private_token
from comments.proof import proof_token
from comments.tests.replies import approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
MODERATORS, ADMINISTRATORS = {"editor", "moderator", "superuser"}, {"administrator", "superuser"}
CORRECTING = {"editor", "superuser"}  # who deals with errors that readers report

PUBLIC = [
    ("get", "reply", 200),
    ("head", "reply", 200),
    ("post", "reply", 303),
    ("put", "reply", 405),
    ("get", "own", 200),
    ("head", "own", 200),
    ("post", "own", 303),
    ("delete", "own", 405),
    ("get", "report", 200),
    ("head", "report", 200),
    ("post", "report", 303),
    ("put", "report", 405),
    ("get", "report_error", 200),
    ("head", "report_error", 200),
    ("post", "report_error", 303),
    ("delete", "report_error", 405),
    ("get", "thread", 200),
    ("head", "thread", 200),
    ("post", "thread", 405),
    ("get", "permalink", 302),
    ("head", "permalink", 302),
    ("post", "permalink", 405),
    *(
        (method, where, 405 if method == "post" else 200)
        for where in ("site_feed", "story_feed", "moderation", "moderation_csv", "moderation_year")
        for method in ("get", "head", "post")
    ),
    ("get", "proof", 200),
    ("head", "proof", 200),
    ("post", "proof", 303),
    ("put", "proof", 405),
    ("get", "mute", 200),
    ("head", "mute", 200),
    ("post", "mute", 200),
    ("delete", "mute", 405),
]

# address in the admin, method, what those get who may come there: who moderates, and to errors that readers report
# and the privacy log who corrects and administers. Others get 403, who is not signed in the sign-in page.
DESK = [
    ("comment_changelist", "get", 200),
    ("comment_changelist", "post", 405),
    ("comment_find", "get", 405),
    ("comment_find", "post", 302),
    ("comment_news", "get", 200),
    ("comment_news", "post", 405),
    ("comment_author", "get", 200),
    ("comment_author", "post", 405),
    ("comment_keys", "get", 405),
    ("comment_keys", "post", 302),
    ("comment_change", "get", 200),
    ("comment_change", "post", 403),
    ("comment_history", "get", 200),
    ("comment_decide", "get", 405),
    ("comment_decide", "post", 302),
    ("comment_delete", "get", 403),
    ("comment_delete", "post", 403),
    ("comment_add", "get", 403),
    ("comment_add", "post", 403),
    ("listedword_changelist", "get", 200),
    ("listedword_changelist", "post", 200),
    ("listedword_add", "get", 200),
    ("listedword_add", "post", 302),
    ("listedword_change", "get", 200),
    ("listedword_change", "post", 302),
    ("listedword_history", "get", 200),
    ("listedword_delete", "get", 200),
    ("listedword_delete", "post", 302),
    ("errorreport_changelist", "get", 200),
    ("errorreport_change", "get", 200),
    ("errorreport_change", "post", 403),
    ("errorreport_history", "get", 200),
    ("errorreport_answer", "get", 405),
    ("errorreport_answer", "post", 302),
    ("errorreport_correct", "get", 405),
    ("errorreport_correct", "post", 302),
    ("errorreport_delete", "get", 403),
    ("errorreport_delete", "post", 403),
    ("errorreport_add", "get", 403),
    ("errorreport_add", "post", 403),
    ("policy_changelist", "get", 200),
    ("policy_changelist", "post", 200),
    ("policy_add", "get", 200),
    ("policy_add", "post", 302),
    ("policy_change", "get", 200),
    ("policy_change", "post", 302),
    ("policy_history", "get", 200),
    ("policy_delete", "get", 200),
    ("policy_delete", "post", 302),
    ("policy_pause", "get", 200),
    ("policy_pause", "post", 302),
    ("personrule_changelist", "get", 200),
    ("personrule_change", "get", 200),
    ("personrule_change", "post", 403),
    ("personrule_history", "get", 200),
    ("personrule_delete", "get", 403),
    ("personrule_delete", "post", 403),
    ("personrule_add", "get", 403),
    ("personrule_add", "post", 403),
    ("personrule_make", "get", 200),
    ("personrule_make", "post", 302),
    ("personrule_end", "get", 405),
    ("personrule_end", "post", 302),
    ("decision_changelist", "get", 200),
    ("decision_change", "get", 200),
    ("decision_change", "post", 403),
    ("decision_figures", "get", 200),
    ("decision_figures", "post", 405),
    ("decision_history", "get", 200),
    ("decision_delete", "get", 403),
    ("decision_delete", "post", 403),
    ("decision_add", "get", 403),
    ("decision_add", "post", 403),
    ("letter_changelist", "get", 200),
    ("letter_changelist", "post", 200),
    ("letter_mail", "get", 200),
    ("letter_mail", "post", 200),
    ("letter_change", "get", 200),
    ("letter_change", "post", 403),
    ("letter_history", "get", 200),
    ("letter_delete", "get", 403),
    ("letter_delete", "post", 403),
    ("letter_add", "get", 403),
    ("letter_add", "post", 403),
    ("privacyline_changelist", "get", 200),
    ("privacyline_change", "get", 200),
    ("privacyline_change", "post", 403),
    ("privacyline_history", "get", 200),
    ("privacyline_person", "get", 200),
    ("privacyline_person", "post", 200),
    ("privacyline_person", "put", 405),
    ("privacyline_delete", "get", 403),
    ("privacyline_delete", "post", 403),
    ("privacyline_add", "get", 403),
    ("privacyline_add", "post", 403),
]


WITHOUT_A_ROW = ("changelist", "add", "find", "decide", "news", "keys", "figures", "mail", "pause", "person")


def addresses(edition):
    """{name: address} of what readers can ask for; the month of the comments is over and kept."""
    own, unproven = posted(edition, "Mine"), posted(edition, "Unproven")
    shown, rude = approved(edition, "Shown"), approved(edition, "Rude")
    keep_months(at=NOON + dt.timedelta(days=40))
    return {
        "reply": f"{STORY}reply/",
        "own": f"{STORY}reply/{private_token(own)}/",
        "proof": f"{STORY}reply/{proof_token(unproven)}/proof/",
        "mute": reverse("comments:mute", args=[token_for(address="reader@example.com")]),
        "thread": f"{STORY}comments/",
        "permalink": f"{STORY}comments/{shown.pk}/",
        "report": f"{STORY}comments/{rude.pk}/report/",
        "report_error": f"{STORY}report-an-error/",
        "story_feed": f"{STORY}comments/feed.xml",
        "site_feed": "/comments/feed.xml",
        "moderation": "/moderation/",
        "moderation_year": "/moderation/2025/",
        "moderation_csv": "/moderation/moderation.csv",
    }


@pytest.mark.parametrize(("method", "where", "status"), PUBLIC)
def test_replying_and_reading_are_the_same_for_everybody(client, edition, who, method, where, status):
    address = addresses(edition)[where]
    sent = {"data": typed(reason="abuse", wrong="The year.")} if method == "post" else {}
    assert getattr(client, method)(address, **sent).status_code == status


@pytest.mark.parametrize(("where", "method", "status"), DESK)
def test_each_comes_to_what_is_theirs_in_the_admin(client, edition, who, where, method, status):
    comment = approved(edition)
    rows = {
        "comment": comment,
        "decision": comment.decisions.get(),
        "letter": Letter.objects.create(kind=Kind.DECISION, comment=comment, made_at=NOON, given_up_at=NOON),
        "listedword": ListedWord.objects.create(words="x"),
        "errorreport": ErrorReport.objects.post(edition=edition, network="n", wrong="Two lanes.")[0],
        "privacyline": PrivacyLine.objects.create(action="erased", address_hash="x", comment_count=1),
        "policy": Policy.objects.create(article=edition.article),
        "personrule": PersonRule.objects.make(
            comment, effect=Effect.HOLD, trait=Trait.ADDRESS, by=person("somebody")
        ),
    }
    model = where.partition("_")[0]
    row = comment if where == "personrule_make" else rows[model]
    args = [] if where.endswith(WITHOUT_A_ROW) else [row.pk]
    decision = {"do": f"spam:{comment.pk}", "answer": "no_error"}
    policy = {"until_when": "hour", "effect": "ban", "trait": "domain", "until": "day"}
    sent = {"data": decision | policy | {"words": "y", "points": 2, "post": "yes"}}
    response = getattr(client, method)(
        reverse(f"admin:comments_{where}", args=args), **(sent if method == "post" else {})
    )
    if who == "nobody":
        assert response.headers["Location"].startswith(reverse("admin:login"))
    elif who in {"errorreport": CORRECTING, "privacyline": ADMINISTRATORS}.get(model, MODERATORS):
        assert response.status_code == status
    elif status == 405:
        assert response.status_code == 405
    else:
        assert response.status_code == 403
    decided = who in MODERATORS and (where, method) == ("comment_decide", "post")
    assert Comment.objects.get().status == (Status.SPAM if decided else Status.APPROVED)
    is_answered = who in CORRECTING and (where, method) == ("errorreport_answer", "post")
    assert ErrorReport.objects.get().status == (Answer.NO_ERROR if is_answered else Answer.OPEN)


def test_the_addresses_of_others_show_nobody_an_email_address(client, edition, who):
    comment = approved(edition)
    if who in MODERATORS:
        return
    pages = [STORY, f"{STORY}reply/?to={comment.pk}", reverse("admin:comments_comment_changelist")]
    assert all(b"reader@example.com" not in client.get(page, follow=True).content for page in pages)


def test_the_tables_name_every_address():
    public = {pattern.name for pattern in urls.urlpatterns}
    assert public == {where for _, where, _ in PUBLIC}
    names = {name for name in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(name, str)}
    assert {name.removeprefix("comments_") for name in names if name.startswith("comments_")} == {
        where for where, _, _ in DESK
    }


def test_the_admins_index_offers_comments_to_those_who_moderate(client, who):
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    assert (reverse("admin:comments_comment_changelist") in page) is (who in MODERATORS)


def test_a_decision_needs_the_admins_token(edition, moderator, client):
    client.handler.enforce_csrf_checks = True
    client.force_login(moderator)
    comment = posted(edition)
    response = client.post(reverse("admin:comments_comment_decide"), {"do": f"approve:{comment.pk}"})
    assert response.status_code == 403
    assert Comment.objects.get().status == Status.PENDING


def test_replying_needs_no_token(edition, client):
    client.handler.enforce_csrf_checks = True
    assert client.post(f"{STORY}reply/", typed()).status_code == 303
