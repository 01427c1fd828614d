"""Keeping, featuring, blanking, reporting, erasing, undoing: each a line of the log, from which the state follows."""

import pytest

from articles.tests.stories import NOON, person, published
from comments import signals
from comments.models import Action, AlreadyDecided, Comment, Reason, Status, replay
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
SECRET = "My number is 555 0123, call me."


def log(comment):
    return [(line.action, line.from_status, line.to_status) for line in comment.decisions.order_by("number")]


def stored(comment):
    """The comment as the database has it; that its log leads to the same is asserted in passing."""
    comment = Comment.objects.get(pk=comment.pk)
    assert replay(comment.decisions.order_by("number")) == comment.state
    assert comment.decision_count == comment.decisions.count()
    return comment


def reported(comment, *networks, limit=None, at=NOON):
    for network in networks:
        comment.report(network=network, reason=Reason.ABUSE, limit=limit, at=at)
    return comment


def test_the_third_network_that_reports_a_comment_takes_it_off_the_site():
    comment = reported(approved(published()), "a", "b", limit=3)
    assert (comment.status, comment.open_flag_count) == (Status.APPROVED, 2)
    reported(comment, "c", limit=3)
    comment = stored(comment)
    assert (comment.status, comment.open_flag_count) == (Status.PENDING, 3)
    assert str(comment.last_decision()) == "Held by the rule “reports”, 9 June 2025, 14:00"


def test_a_network_reports_a_comment_once_however_often_it_asks():
    comment = approved(published())
    first, is_new = comment.report(network="a", reason=Reason.ABUSE, limit=2)
    again, is_new_again = comment.report(network="a", reason=Reason.OFF_TOPIC, limit=2)
    assert (again, is_new, is_new_again, again.reason) == (first, True, False, Reason.ABUSE)
    assert stored(comment).open_flag_count == 1


@pytest.mark.parametrize("verb", ["pending", "rejected", "withdrawn"])
def test_what_is_not_public_cannot_be_reported(moderator, verb):
    comment = posted(published())
    if verb == "rejected":
        comment.reject(by=moderator, reason=Reason.ABUSE)
    elif verb == "withdrawn":
        comment.withdraw()
    with pytest.raises(AlreadyDecided):
        comment.report(network="a", reason=Reason.ABUSE)
    assert not comment.flags.exists()


def test_what_a_moderator_keeps_is_immune(moderator):
    comment = reported(approved(published()), "a", "b")
    comment.keep(by=moderator, at=NOON + MINUTE)
    reported(comment, "c", "d", "e", limit=1)
    comment = stored(comment)
    assert (comment.status, comment.is_kept, comment.open_flag_count) == (Status.APPROVED, True, 0)
    assert comment.flags.count() == 5
    assert {flag.answered_by.action for flag in comment.flags.all()} == {Action.KEPT}
    with pytest.raises(AlreadyDecided, match="Kept by Moderator"):
        comment.keep(by=moderator)


@pytest.mark.parametrize("limit", [None, 2])
def test_approving_a_reported_comment_keeps_it(moderator, limit):
    comment = reported(approved(published()), "a", "b", limit=limit)
    comment.approve(by=moderator)
    comment = stored(comment)
    assert (comment.status, comment.is_kept, comment.open_flag_count) == (Status.APPROVED, True, 0)


def test_rejecting_answers_the_reports_and_undoing_it_opens_them_again(moderator):
    comment = reported(approved(published()), "a", "b")
    comment.feature(by=moderator)
    comment.reject(by=moderator, reason=Reason.ABUSE)
    assert (stored(comment).open_flag_count, comment.is_featured) == (0, False)
    comment.undo(by=moderator)
    comment = stored(comment)
    assert (comment.status, comment.open_flag_count, comment.is_featured) == (Status.APPROVED, 2, True)


def test_undoing_goes_back_step_by_step(moderator):
    comment = posted(published())
    comment.approve(by=moderator)
    comment.feature(by=moderator)
    comment.reject(by=moderator, reason=Reason.OFF_TOPIC)
    for expected in (Status.APPROVED, True), (Status.APPROVED, False), (Status.PENDING, False):
        line = comment.undo(by=moderator)
        assert line.action == Action.UNDONE
        assert (stored(comment).status, comment.is_featured) == expected
    with pytest.raises(AlreadyDecided, match="Undone by Moderator"):
        comment.undo(by=moderator)


def test_nobody_undoes_what_another_has_done(moderator, editor):
    comment = posted(published())
    with pytest.raises(AlreadyDecided, match="Nothing has been decided about this comment yet"):
        comment.undo(by=moderator)
    comment.approve(by=moderator)
    with pytest.raises(AlreadyDecided, match="Approved by Moderator"):
        comment.undo(by=editor)
    reported(comment, "a", limit=1)
    with pytest.raises(AlreadyDecided, match="Held by the rule “reports”"):
        comment.undo(by=moderator)


def test_what_is_gone_cannot_be_brought_back(moderator):
    comment = approved(published())
    comment.erase(by=moderator, at=NOON)
    for verb in (comment.undo, comment.approve, comment.mark_spam):
        with pytest.raises(AlreadyDecided, match="Erased by Moderator"):
            verb(by=moderator)
    comment = stored(comment)
    assert (comment.status, comment.name, comment.email, comment.text) == (Status.ERASED, "", "", "")


def test_a_part_that_is_personal_data_is_blanked_and_the_words_stay(moderator):
    comment = approved(published(), SECRET)
    start = SECRET.index("555")
    comment.blank(by=moderator, ranges=[(start, start + 3), (start + 3, start + 8)])
    comment = stored(comment)
    assert comment.text == SECRET
    assert comment.blanks == [[start, start + 8]]
    assert comment.paragraphs == [["My number is [personal data removed], call me."]]
    comment.undo(by=moderator)
    assert stored(comment).shown_text == SECRET


@pytest.mark.parametrize("ranges", [[(3, 3)], [(-1, 2)], [(5, 99)], [(4, 2)]])
def test_only_parts_of_the_text_can_be_blanked(moderator, ranges):
    comment = approved(published(), SECRET)
    with pytest.raises(ValueError, match="Blank parts of the text: a start before an end, both inside it"):
        comment.blank(by=moderator, ranges=ranges)


def test_only_public_comments_are_featured(moderator):
    comment = posted(published())
    with pytest.raises(AlreadyDecided):
        comment.feature(by=moderator)
    comment.approve(by=moderator)
    with pytest.raises(AlreadyDecided):
        comment.unfeature(by=moderator)
    comment.feature(by=moderator)
    comment.unfeature(by=moderator)
    assert [action for action, *_ in log(stored(comment))] == ["approved", "featured", "unfeatured"]


def test_the_desk_answers_at_once_and_in_its_own_name(moderator, editor):
    comment = approved(published())
    answer = Comment.objects.answer(comment, by=moderator, text="Thank you, we have put it right.", at=NOON)
    assert (answer.name, answer.email, answer.written_by, answer.parent) == (
        "Moderator",
        "",
        moderator,
        comment,
    )
    assert log(stored(answer)) == [("approved", "pending", "approved")]
    with pytest.raises(ValueError, match="Write the answer first"):
        Comment.objects.answer(comment, by=moderator, text=" ")
    comment.mark_spam(by=editor)
    with pytest.raises(AlreadyDecided, match="Spam by Editor"):
        Comment.objects.answer(comment, by=moderator, text="Too late.")


def test_whoever_acts_on_what_has_moved_on_is_told(moderator, editor):
    comment = approved(published())
    hers, his = Comment.objects.get(pk=comment.pk), Comment.objects.get(pk=comment.pk)
    hers.feature(by=moderator, at=NOON)
    with pytest.raises(AlreadyDecided, match="Featured by Moderator, 9 June 2025, 14:00"):
        his.reject(by=editor, reason=Reason.ABUSE)


def test_a_log_that_does_not_lead_to_itself_is_found(moderator):
    comment = posted(published())
    comment.approve(by=moderator)
    comment.mark_spam(by=moderator)
    lines = comment.decisions.order_by("-number")
    with pytest.raises(ValueError, match="Line 2 of comment .* does not follow from those before it"):
        replay(lines)


@pytest.mark.django_db(transaction=True)
def test_others_hear_of_it_once_it_is_stored():
    heard = []

    def listen(sender, comment, decision=None, **kwargs):
        heard.append((comment.pk, decision and decision.action))

    moderator = person("moderator", "Moderators")
    signals.posted.connect(listen)
    signals.decided.connect(listen)
    try:
        comment = posted(published())
        posted(published(), comment.text)  # another story: another comment
        comment.approve(by=moderator)
    finally:
        signals.posted.disconnect(listen)
        signals.decided.disconnect(listen)
    assert heard == [(comment.pk, None), (comment.pk + 1, None), (comment.pk, "approved")]


def test_a_decision_answers_a_report_that_came_while_it_was_made(edition, moderator):
    comment = approved(edition)
    read_before = Comment.objects.get(pk=comment.pk)
    flag, _is_new = comment.report(network="n" * 64, reason=Reason.ABUSE)
    line = read_before.reject(by=moderator, reason=Reason.ABUSE)
    flag.refresh_from_db()
    comment.refresh_from_db()
    assert (flag.answered_by, comment.open_flag_count) == (line, 0)
    comment.undo(by=moderator)
    assert comment.open_flag_count == 1
