"""People who act in the same moment, on a real database with its locks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from articles.tests.stories import NOON, person, published
from comments.models import AlreadyDecided, Comment, Reason, Status
from comments.tests.replies import posted, typed

pytestmark = pytest.mark.django_db(transaction=True)
REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
TOGETHER = 20


def at_once(*acts):
    """Runs the acts in threads that begin together; what each returned."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_twenty_posts_at_once_are_all_stored(settings):
    settings.COMMENT_RATE = None
    published("Harbour bridge reopens")
    post = [lambda n=n: Client().post(REPLY, typed(text=f"Number {n}")).status_code for n in range(TOGETHER)]
    assert at_once(*post) == [303] * TOGETHER
    assert Comment.objects.count() == TOGETHER


def test_twenty_times_the_same_post_at_once_is_one_comment_and_one_answer(settings):
    settings.COMMENT_RATE = (1, 60)
    published("Harbour bridge reopens")
    answers = at_once(*[lambda: Client().post(REPLY, typed())] * TOGETHER)
    assert {answer.status_code for answer in answers} == {303}
    comment = Comment.objects.get()
    assert {answer.headers["Location"].removeprefix(REPLY).partition(":")[0] for answer in answers} == {
        str(comment.pk)
    }


def test_of_many_decisions_at_once_one_is_made_and_the_others_hear_of_it():
    comment = posted(published(), at=NOON)
    people = [person(f"moderator{n}", "Moderators") for n in range(6)]

    def act(n, who):
        mine = Comment.objects.get(pk=comment.pk)
        mine.status, mine.decision_count = Status.PENDING, 0  # what everybody has on the screen
        try:
            if n % 3 == 0:
                mine.approve(by=who)
            elif n % 3 == 1:
                mine.reject(by=who, reason=Reason.ABUSE)
            else:
                mine.withdraw()
        except AlreadyDecided as loss:
            return str(loss)
        return "won"

    told = at_once(*[lambda n=n, who=who: act(n, who) for n, who in enumerate(people)])
    comment.refresh_from_db()
    line = comment.decisions.get()
    assert comment.status == line.to_status
    assert sorted(told) == sorted(["won", *[str(line)] * 5])
