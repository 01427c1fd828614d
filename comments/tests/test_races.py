"""People who act in the same moment, on a real database with its locks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles.tests.stories import NOON, person, published
from comments.models import Action, AlreadyDecided, Comment, QueueTally, Reason, Status, replay
from comments.moderating import APPROVE
from comments.posting import private_token
from comments.tally import recount
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


def test_twenty_times_the_same_post_at_once_is_one_comment_and_one_answer(settings, store):
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


# --- over HTTP: twenty people who have the same comment on the screen

DECIDE = reverse("admin:comments_comment_decide")

AUTHORS_READ = {
    Status.PENDING: "Waiting for a moderator.",
    Status.APPROVED: "A moderator has just published this comment.",
    Status.REJECTED: "This comment was not published. It attacks or insults somebody.",
    Status.WITHDRAWN: "You have withdrawn this comment.",
}


def signed_in(name):
    """A client with a moderator of that name signed in."""
    client = Client()
    client.force_login(person(name, "Moderators"))
    return client


def pressing(client, comment, verb, **typed):
    """What happens when somebody presses a button beside a comment as it is now: (status, JSON) of the answer."""
    number = comment.pk
    form = {"do": f"{verb}:{number}", f"seen_{number}": str(comment.decision_count), **typed}
    return asking(client, form)


def asking(client, form):
    def act():
        answer = client.post(DECIDE, form, headers={"Accept": "application/json"})
        return answer.status_code, answer.json()

    return act


def taking_back(comment):
    """What happens when the author presses “Withdraw”: (status, the page)."""
    address = f"{REPLY}{private_token(comment)}/"

    def act():
        answer = Client().post(address)
        return answer.status_code, answer.text

    return act


def reporting(comment, network):
    def act():
        try:
            return Comment.objects.get(pk=comment.pk).report(network=network, reason=Reason.ABUSE, limit=3)[1]
        except AlreadyDecided as loss:
            return str(loss)

    return act


def assert_the_log_is_true(comment):
    """What the comment is now follows from its log, its reports are counted, and so are the queues."""
    comment.refresh_from_db()
    lines = list(comment.decisions.order_by("number"))
    assert [line.number for line in lines] == list(range(1, comment.decision_count + 1))
    assert replay(lines) == comment.state
    assert comment.open_flag_count == comment.flags.open().count()
    counts = QueueTally.objects.counts()
    recount(using="default")
    assert counts == QueueTally.objects.counts()
    return lines


def assert_told_the_truth(told, *, name, comment, lines):
    """Whoever was told “done” stands in the log with it; whoever was late was told a line that is there."""
    status, answer = told
    assert status == 200
    outcome = answer["outcomes"][str(comment.pk)]
    mine = [line for line in lines if line.by and line.by.username == name]
    if outcome["isDone"]:
        assert [line.number for line in mine] == [outcome["lines"]]
        assert outcome["said"].endswith(f": {mine[0].get_action_display()}.")
    else:
        assert mine == []
        assert outcome["said"] in {str(line) for line in lines}
    return outcome["isDone"]


def assert_undoing_told_the_truth(told, *, comment, lines):
    outcomes = [answer["outcomes"].get(str(comment.pk)) for status, answer in told if status == 200]
    done = [outcome for outcome in outcomes if outcome["isDone"]]
    assert len(done) == len([line for line in lines if line.action == Action.UNDONE])
    assert {outcome["said"] for outcome in outcomes if not outcome["isDone"]} <= {str(line) for line in lines}
    refused = [answer["refusal"] for status, answer in told if status != 200]
    assert set(refused) <= {"There is nothing left to undo here. Decide anew on the comment’s page."}


def assert_author_told_the_truth(told, *, lines):
    """One withdrawal is the author's line in the log; every other answer shows what the comment was by then."""
    by_author = [line for line in lines if line.rule == "author"]
    assert [status for status, _page in told].count(303) == len(by_author)
    assert {status for status, _page in told} <= {303, 409}
    late = [page for status, page in told if status != 303]
    readable = [AUTHORS_READ[line.to_status] for line in lines]
    assert all(any(words in page for words in readable) for page in late)


def test_of_twenty_who_approve_reject_and_withdraw_one_wins_and_all_are_told_the_truth():
    comment = posted(published("Harbour bridge reopens"), at=NOON)
    names = [f"moderator{number}" for number in range(14)]
    pressed = [
        pressing(signed_in(name), comment, verb)
        for name, verb in zip(names, [APPROVE, Reason.ABUSE.value] * 7, strict=True)
    ]
    told = at_once(*pressed, *[taking_back(comment)] * (TOGETHER - len(names)))
    lines = assert_the_log_is_true(comment)
    assert len(lines) == 1
    done = [
        assert_told_the_truth(each, name=name, comment=comment, lines=lines)
        for name, each in zip(names, told, strict=False)
    ]
    by_author = told[len(names) :]
    assert_author_told_the_truth(by_author, lines=lines)
    assert done.count(True) + [status for status, _page in by_author].count(303) == 1


def test_of_twenty_who_undo_keep_reject_report_and_withdraw_each_is_told_the_truth():
    comment = posted(published("Harbour bridge reopens"), at=NOON)
    chief = signed_in("chief")
    pressing(chief, comment, APPROVE)()
    comment.refresh_from_db()
    reporting(comment, "first")()
    comment.refresh_from_db()
    names = [f"moderator{number}" for number in range(9)]
    pressed = [
        pressing(signed_in(name), comment, APPROVE if number % 2 else Reason.ABUSE.value)
        for number, name in enumerate(names)
    ]
    undone = [asking(chief, {"undo": comment.last_decision().pk})] * 4
    reported = [reporting(comment, f"network {number}") for number in range(5)]
    told = iter(at_once(*pressed, *undone, *reported, *[taking_back(comment)] * 2))
    lines = assert_the_log_is_true(comment)
    for name in names:
        assert_told_the_truth(next(told), name=name, comment=comment, lines=lines)
    assert_undoing_told_the_truth([next(told) for _ in undone], comment=comment, lines=lines)
    for number in range(5):
        answer, is_kept = next(told), comment.flags.filter(network=f"network {number}").exists()
        assert answer is True if is_kept else answer in {str(line) for line in lines}
    assert_author_told_the_truth(list(told), lines=lines)
