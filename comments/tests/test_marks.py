"""The marks of readers' pages: what the desk chose, what it answered, what it blanked."""

import pytest

from comments import threads
from comments.models import Comment
from comments.tests.replies import MINUTE, approved
from comments.threads import MOST_CHOSEN

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
CHOSEN = '<b class="mark">Chosen by the desk</b>'
LIST = '<nav class="chosen" aria-label="Chosen by the desk">'


def page(client, path=STORY):
    return client.get(path).content.decode()


def several(edition, count, **fields):
    return [
        approved(edition, f"Opinion {number}", at=edition.live_from + number * MINUTE / 60, **fields)
        for number in range(count)
    ]


def chosen(client, path=STORY):
    """The list above the thread as text, "" where there is none."""
    return page(client, path).partition(LIST)[2].partition("</nav>")[0]


@pytest.mark.parametrize("where", ["", "comments/", "comments/?order=newest"])
def test_a_comment_that_the_desk_chose_says_so(client, edition, moderator, where):
    _first, second = several(edition, 2)
    second.feature(by=moderator)
    part = page(client, STORY + where)
    assert part.count(CHOSEN) == 1
    assert CHOSEN in part.partition(f'id="comment-{second.pk}"')[2].partition("</header>")[0]
    second.unfeature(by=moderator)
    assert CHOSEN not in page(client, STORY + where)


@pytest.mark.parametrize("where", ["", "comments/", "comments/?order=newest"])
def test_an_answer_of_the_desk_says_so_and_a_readers_name_does_not(client, edition, moderator, where):
    first = approved(edition, "Who pays?", name="Moderator")
    answer = Comment.objects.answer(first, by=moderator, text="The city does.")
    part = page(client, STORY + where)
    mark = '<b class="mark">Answer of the desk</b>'
    assert part.count(mark) == 1
    assert mark in part.partition(f'id="comment-{answer.pk}"')[2].partition("</header>")[0]


@pytest.mark.parametrize("where", ["", "comments/"])
def test_above_more_than_a_few_comments_stands_what_the_desk_chose(client, edition, moderator, where):
    comments = several(edition, 5, name="Ana <b>")
    comments[1].feature(by=moderator)
    assert not chosen(client, STORY + where)
    several(edition, 6, name="Reader")
    link = f'<a href="#comment-{comments[1].pk}"><bdi>Ana &lt;b&gt;</bdi>: <bdi>Opinion 1</bdi></a>'
    assert link in chosen(client, STORY + where)


def test_the_list_names_three_at_most_the_newest_first(client, edition, moderator):
    comments = several(edition, 8)
    for comment in comments[:5]:
        comment.feature(by=moderator)
    listed = [line for line in chosen(client).split("<li>") if "Opinion" in line]
    assert [line.partition("Opinion ")[2][0] for line in listed] == ["4", "3", "2"]
    assert len(listed) == MOST_CHOSEN


def test_the_list_leads_to_another_page_where_the_comment_stands_there(
    client, edition, moderator, monkeypatch
):
    monkeypatch.setattr(threads, "PAGE_SIZE", 3)
    comments = several(edition, 7)
    comments[5].feature(by=moderator)
    assert f'href="{STORY}comments/{comments[5].pk}/"' in chosen(client)
    assert not chosen(client, f"{STORY}comments/?after={comments[2].pk}")


def test_what_is_long_is_cut_at_a_word(client, edition, moderator):
    several(edition, 6)
    approved(edition, "word " * 100).feature(by=moderator)
    assert "word word…</bdi>" in chosen(client)


def test_marks_and_list_cost_no_query(client, edition, moderator, django_assert_num_queries):
    comments = several(edition, 8)
    for comment in comments[:4]:
        comment.feature(by=moderator)
    Comment.objects.answer(comments[0], by=moderator, text="The city does.")
    with django_assert_num_queries(1):
        thread = threads.thread_of(edition)
    assert len(thread.chosen) == MOST_CHOSEN
