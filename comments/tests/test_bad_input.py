"""Whatever is sent to the readers' forms gets a clear answer, what was typed comes back, and nothing fails."""

import pytest

from comments.models import Comment, ErrorReport, Flag, Reason
from comments.tests.replies import approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
STACKED = f"Z{chr(0x0335) * 4}{chr(0x0301) * 3}lgo"
TOO_MANY = "Some letters carry too many accents to be read. Remove some of them"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(params=["reply/", "report-an-error/", "comments/{}/report/"])
def address(request, edition):
    """Each address that takes a form, under a live story with a public comment."""
    return STORY + request.param.format(approved(edition).pk)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"text=%FF%FE&wrong=%C0%80&note=%ED%A0%80&reason=%FF", FORM),
        (b"reason=other&note=\xff\xfe&wrong=\xff&text=\xff", FORM),
        (b"reason=a&reason=b&wrong=a&wrong=b&to=1&to=2", FORM),
        (b"text=a&wrong=b&reason=abuse", f"{FORM}; charset=utf-16"),
        (b"{}", "application/json"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data"),
        (b"", ""),
        (b"&".join(b"a=1" for _ in range(6000)), FORM),
        (b"x" * 4_000_000, FORM),
    ],
)
def test_a_body_of_any_kind_is_answered(client, address, body, content_type):
    response = client.post(address, body, content_type=content_type)
    assert response.status_code in {303, 400, 413, 422}
    assert not response.cookies
    if len(body) > 1_000_000:
        assert response.status_code == 413
        assert "It is so long that it was not read." in response.text


@pytest.mark.parametrize(
    "query", ["?sent=x", "?sent=", "?to=%00", "?sent=%FF", "?to=9999999999999999999", "?%00=1", "?withdraw"]
)
def test_a_query_of_any_kind_is_answered(client, address, query):
    assert client.get(address + query).status_code in {200, 404}


@pytest.mark.parametrize("field", ["text", "name"])
def test_stacked_accents_are_refused_in_words(client, edition, field):
    response = client.post(f"{STORY}reply/", typed(**{field: STACKED}))
    assert response.status_code == 422
    assert f'<li><a href="#{field}">{TOO_MANY}</a></li>' in response.text
    assert STACKED in response.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        "Vie\u0302\u0323t Nam tie\u0302\u0301ng",  # Vietnamese, taken apart
        "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",  # Hebrew with points and accents
        "\u0e1b\u0e35\u0e48\u0e17\u0e35\u0e48",  # Thai
        "\u0f68\u0f7c\u0f7e\u0f0b\u0f67\u0fb1\u0fb2\u0f71\u0f74\u0f7e",  # Tibetan
        "👩\u200d👩\u200d👧\u200d👦 1\ufe0f\u20e3 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_the_accents_that_scripts_need_are_kept(client, edition, words):
    assert client.post(f"{STORY}reply/", typed(text=words, name=words[:40])).status_code == 303
    assert Comment.objects.get().text == words


def test_what_turns_the_direction_of_text_stays_inside_its_paragraph(client, edition):
    """The override is kept, since Arabic and Hebrew use such marks; what is around it is not turned."""
    comment = approved(edition, "Mirror \u202eeugolana", name="Ana")
    for page in (STORY, f"{STORY}comments/{comment.pk}/report/"):
        assert '<p dir="auto">Mirror \u202eeugolana</p>' in client.get(page).text


def test_four_hundred_links_are_held_and_stay_words(client, edition):
    assert client.post(f"{STORY}reply/", typed(text="http://a.b/ " * 400)).status_code == 303
    comment = Comment.objects.get()
    assert (comment.status, comment.verdict["signals"][0]["named"]) == ("pending", {"count": 400})
    comment.approve(rule="test")
    assert 'href="http://a.b' not in client.get(STORY).text


@pytest.mark.parametrize("fate", ["rejected", "spam", "withdrawn", "erased"])
def test_a_reply_to_what_left_the_site_is_kept_and_may_go_to_the_article(client, edition, moderator, fate):
    parent = approved(edition, "Gone")
    verbs = {
        "rejected": lambda: parent.reject(by=moderator, reason=Reason.ABUSE),
        "spam": lambda: parent.mark_spam(by=moderator),
        "withdrawn": parent.withdraw,
        "erased": lambda: parent.erase(by=moderator),
    }
    verbs[fate]()
    response = client.post(f"{STORY}reply/", typed(text="My answer", to=parent.pk))
    assert response.status_code == 422
    assert "The comment you reply to is no longer shown. Post again to reply to the article" in response.text
    assert ">\nMy answer</textarea>" in response.text


@pytest.mark.parametrize(
    "path", ["/2025/06/09/never-was/", "/2025/13/09/harbour-bridge-reopens/", "/2025/06/31/x/"]
)
@pytest.mark.parametrize("rest", ["reply/", "report-an-error/", "comments/1/report/"])
def test_a_form_of_no_story_answers_404(client, edition, path, rest):
    posted(edition)
    data = typed(wrong="The year.", reason="abuse")
    assert client.get(path + rest).status_code == 404
    assert client.post(path + rest, data).status_code == 404
    assert not ErrorReport.objects.exists()
    assert not Flag.objects.exists()
