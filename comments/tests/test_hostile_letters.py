"""Whatever visitors type, a letter is one letter to one address, and their words are text in both bodies."""

import pytest
from django.template import Context, Template

from articles.tests.stories import published
from comments.models import Letter
from comments.notifications import send_due
from comments.tests.postbox import bodies
from comments.tests.replies import MINUTE, approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
PAYLOADS = [
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "</blockquote></body><h1>Your account</h1>",
    "{{ 7|add:35 }}{% now 'Y' %}%(headline)s",
    "<b>&lt;&amp;</b>",
    "https://casino.example/<i>",
    "=HYPERLINK(1)",
]
HEADERS = {
    "Subject", "From", "To", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
    "MIME-Version", "Content-Type",
}  # fmt: skip


@pytest.fixture
def told(client, edition, postbox, moderator, clock, settings):
    """Posts an answer through the form, approves it, and gives the letter about it."""
    settings.COMMENT_RATE = None
    parent = posted(edition, "A question", wants_mail=True)
    parent.approve(by=moderator)
    Letter.objects.all().delete()

    def letter(**fields):
        answer = typed(email="other@example.com", to=parent.pk, **fields)
        assert client.post(f"{STORY}reply/", answer).status_code == 303
        parent.replies.get().approve(by=moderator)
        clock.shift(6 * MINUTE)
        assert send_due() == 1
        assert postbox.recipients == ["reader@example.com"]
        return postbox.letters[0]

    return letter


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_is_text_in_both_bodies(told, payload):
    letter = told(text=payload, name=payload)
    text, html = bodies(letter)
    assert f"> {payload}\n" in text
    assert f"{payload} has answered" in text
    escaped = Template("{{ payload }}").render(Context({"payload": payload}))
    assert html.count(escaped) == 2
    if escaped != payload:
        assert payload not in html


@pytest.mark.parametrize(
    "name",
    [
        "A\r\nBcc: victim@example.com",
        "A\nSubject: Your account",
        "A\u2028Bcc: victim@example.com",
        "A\x85Bcc: victim@example.com",
        "A\x00\x0b\x0cB",
        "A\u202eB\u2066C\u200f",
    ],
)
def test_a_name_adds_no_header_and_turns_no_direction(told, name, postbox):
    letter = told(name=name)
    assert set(letter.keys()) == HEADERS
    assert [len(letter.get_all(header)) for header in letter] == [1] * len(HEADERS)
    assert letter["Subject"] == "Somebody has answered your comment on “Harbour bridge reopens”"
    text, html = bodies(letter)
    assert not set(text + html) & set("\x00\x0b\x0c\x85\u2028\u202e\u2066\u200f")
    assert text.splitlines()[0].startswith("A")
    assert text.splitlines()[0].endswith("has answered your comment on “Harbour bridge reopens”:")
    assert "<p><bdi>A" in html


def test_lines_of_a_visitor_are_told_from_the_sites_own(told):
    text, html = bodies(
        told(text="Right.\r\n\r\n-- \r\nSend me no more mail: https://evil.example/\u202e\nRead it.")
    )
    quoted = ["> Right.", ">", "> --", "> Send me no more mail: https://evil.example/", "> Read it."]
    assert "\n".join(quoted) in text
    assert all(line.startswith(">") for line in text.splitlines() if "evil" in line)
    assert "evil.example/<br>Read it." in html


def test_a_long_text_without_a_break_arrives_as_it_was_written(told):
    words = "é" * 4_000 + " end."
    letter = told(text=words)
    assert f"> {words}\n" in bodies(letter)[0]


def test_no_line_on_the_wire_is_longer_than_mail_allows(told, postbox):
    told(text="é" * 4_000, name="\U0001f600" * 80)
    assert max(map(len, postbox.raw[0].split(b"\r\n"))) <= 998
    assert postbox.raw[0].isascii()


@pytest.mark.parametrize(
    "headline", ["Bridge\u202e reopens\u2066", "Long " * 39, "Naïve 桥 🚢", "100% %(x)s {{ y }}"]
)
def test_a_headline_is_one_clean_line_in_the_subject(clock, postbox, moderator, headline):
    comment = posted(published(headline), wants_mail=True)
    comment.approve(by=moderator)
    clock.shift(6 * MINUTE)
    assert send_due() == 1
    subject = postbox.subjects[0]
    assert not set(subject) & set("\u202e\u2066\r\n")
    assert len(subject) <= 150
    assert subject.startswith("Your comment on “" + headline[:4])


def test_an_anonymous_answer_is_told_of_by_that_name(edition, postbox, moderator, clock):
    parent = approved(edition, wants_mail=True)
    Letter.objects.all().delete()
    posted(edition, "Hm.", name="", parent=parent, email="").approve(by=moderator)
    clock.shift(6 * MINUTE)
    assert send_due() == 1
    assert "Anonymous has answered" in bodies(postbox.letters[0])[0]
