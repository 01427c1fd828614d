"""What a story's page shows of its comments."""

import re

import pytest

from articles import publishing
from articles.models import Article
from articles.tests.stories import NOON
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
FIELDS = [
    '<div class="field"><label for="text">Your comment</label>'
    '<p class="hint" id="text_helptext">Up to 5,000 characters. Links are shown as plain text.</p>\n'
    '<textarea name="text" maxlength="5000" required aria-describedby="text_helptext" id="text">\n'
    "</textarea></div>",
    '<div class="pair">\n<div class="field"><label for="name">Name</label>'
    '<p class="hint" id="name_helptext">Shown with your comment.</p>\n'
    '<input type="text" name="name" autocomplete="name" maxlength="80" required'
    ' aria-describedby="name_helptext" id="name"></div>',
    '<div class="field"><label for="email">Email</label>'
    '<p class="hint" id="email_helptext">Not published.</p>\n'
    '<input type="email" name="email" autocomplete="email" maxlength="254" required'
    ' aria-describedby="email_helptext" id="email"></div>',
    '<div class="trap" aria-hidden="true"><label for="homepage">Leave this empty</label>'
    '<input type="text" name="homepage" tabindex="-1" autocomplete="off" id="homepage"></div>',
    '<p><button type="submit">Post comment</button></p>',
]


def page_of(client, path=STORY):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def comments_of(client):
    return page_of(client).partition('<section class="split" id="comments"')[2].partition("</section>")[0]


@pytest.mark.parametrize(("count", "heading"), [(0, "Comments"), (1, "1 comment"), (3, "3 comments")])
def test_the_heading_counts_the_comments_shown(client, edition, count, heading):
    for number in range(count):
        approved(edition, f"Comment {number}")
    posted(edition, "Waiting")
    part = comments_of(client)
    assert f'<h2 id="comments-title">{heading}</h2>' in part
    assert part.count('<article class="comment"') == count
    assert ("No comments yet. Be the first to reply." in part) is (count == 0)
    assert "Waiting" not in part


def test_a_comment_is_printed_like_this(client, edition):
    comment = approved(edition, "One\ntwo\n\nThree", name="Ana", at=NOON + MINUTE)
    assert (
        f'<li><article class="comment" id="comment-{comment.pk}">\n'
        f'<header><h3 dir="auto">Ana</h3> <a href="#comment-{comment.pk}">'
        '<time datetime="2025-06-09T14:01+02:00">9 June 2025, 14:01</time></a></header>\n'
        '<div class="comment-text"><p dir="auto">One<br>two</p><p dir="auto">Three</p>\n</div>\n'
        f'<footer><a href="{STORY}reply/?to={comment.pk}" rel="nofollow">Reply'
        f'<span class="hidden"> to comment {comment.pk}</span></a> '
        f'<a href="{STORY}comments/{comment.pk}/report/" rel="nofollow">Report'
        f'<span class="hidden"> comment {comment.pk}</span></a></footer>\n</article>'
    ) in comments_of(client)


def test_replies_are_nested_and_deep_ones_name_what_they_answer(client, edition):
    parent = None
    for number in range(1, 5):
        parent = approved(
            edition, f"Level {number}", name=f"N{number}", parent=parent, at=NOON + number * MINUTE
        )
    part = comments_of(client)
    assert part.count('<ol class="thread">') == 3
    assert part.count("in reply to <bdi>") == 1
    assert "in reply to <bdi>N3</bdi></a>" in part


def test_a_kept_place_has_no_words(client, edition):
    gone = approved(edition, "Taken back", name="Gone")
    approved(edition, "Still here", parent=gone)
    gone.withdraw()
    part = comments_of(client)
    assert "This comment was withdrawn by its author." in part
    assert '<h2 id="comments-title">1 comment</h2>' in part
    assert f'id="comment-{gone.pk}"' in part
    assert f"?to={gone.pk}" not in part
    assert "Taken back" not in part


def test_the_form_posts_to_the_reply_address_and_is_the_same_for_everybody(client, edition, moderator):
    part = comments_of(client)
    assert f'<form class="reply" id="reply" method="post" action="{STORY}reply/" novalidate' in part
    assert '<a href="#reply">Leave a reply</a>' in part
    assert "csrf" not in part
    assert re.findall(r' name="(\w+)"', part) == ["text", "name", "email", "homepage", "to", "opened"]
    assert all(f'<input type="hidden" name="{name}" id="{name}">' in part for name in ("to", "opened"))
    client.force_login(moderator)
    response = client.get(STORY)
    assert not response.cookies
    assert comments_of(client) == part


@pytest.mark.parametrize("field", FIELDS)
def test_the_template_pack_prints_fields_as_the_design_has_them(client, edition, field):
    assert field in comments_of(client)


def test_when_comments_are_closed_they_are_still_read(client, edition):
    approved(edition, "From before")
    Article.objects.update(is_open_to_comments=False)
    part = comments_of(client)
    assert "Comments are closed." in part
    assert "From before" in part
    assert "reply" not in part.lower()


def test_comments_stay_with_a_story_through_its_editions(client, edition, editor):
    approved(edition, "About the first edition")
    edition.article.body = "<p>More is known now.</p>"
    edition.article.save()
    publishing.publish(edition.article, by=editor)
    assert "About the first edition" in comments_of(client)


@pytest.mark.parametrize("count", [1, 30])
def test_a_story_with_many_comments_needs_no_more_queries(
    client, edition, django_assert_max_num_queries, count
):
    for number in range(count):
        approved(edition, f"Comment {number}", at=NOON + number * MINUTE / 60)
    page_of(client)
    with django_assert_max_num_queries(6) as captured:
        page_of(client)
    assert sum("comments_comment" in query["sql"] for query in captured) == 1
