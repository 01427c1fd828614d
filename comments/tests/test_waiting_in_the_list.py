"""The desk's list of articles says how many comments wait under each story, and leads to them."""

import pytest
from django.urls import reverse

from articles.tests.stories import published
from comments.tests.replies import approved, posted

pytestmark = pytest.mark.django_db


def test_the_list_of_articles_leads_to_the_comments_that_wait(client, editor):
    story, quiet = published("Harbour bridge reopens"), published("Nobody minds")
    for text in ("One", "Two"):
        posted(story, text)
    approved(quiet)
    client.force_login(editor)
    page = client.get(reverse("admin:articles_article_changelist")).text
    queue = reverse("admin:comments_comment_changelist")
    assert page.count(f'href="{queue}?article=') == 1
    assert f'<a href="{queue}?article={story.article_id}">2</a>' in page
    assert 'class="column-comments_waiting"' in page
    found = client.get(f"{queue}?article={story.article_id}").text
    assert found.count('class="card"') == 2
