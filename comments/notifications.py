"""Sending the letters of the outbox (models/letters.py): by a task beside the site, and by `manage.py send_letters`.

Each letter that waits has the task run once when it is due, and again after each attempt that failed. A run sends
whatever is due, so that what a dead worker left is sent with the next letter, or by the command.
"""

from django.conf import settings
from django.dispatch import receiver

from articles import times
from articles.tasks import task
from comments.letter_words import words_of
from comments.mailing import LetterPutOff, LetterRefused, MailServer, ServerTrouble, message_of
from comments.models import DeskMail, Letter
from comments.models.letters import PAUSES
from comments.signals import letter_waits

MOST_AT_ONCE = 200  # letters of one run, so that pictures get their turn


@task()
def send_letters():
    """Sends what is due. Returns how many letters the mail server took."""
    return send_due()


@receiver(letter_waits, dispatch_uid="comments.notifications")
def run_when_due(sender, *, due_at, **kwargs):
    """Has the task run when a letter is due. The worker looks at its clock, so a moment's delay does no harm."""
    send_letters.using(run_after=due_at).enqueue()


def send_due():
    """Sends every letter that is due, the one that has waited longest first; returns how many the server took.

    A server that takes none is not tried again in this run: the letters wait as they are.
    """
    if settings.EMAIL_SERVER is None:
        return 0
    sent = count = 0
    Letter.objects.forget_addresses(at=times.now())
    with MailServer() as server:
        while count < MOST_AT_ONCE and (letter := Letter.objects.claim_next(at=times.now())):
            count += 1
            try:
                sent += _send(letter, server)
            except ServerTrouble:
                break
    DeskMail.objects.plan_digests(at=times.now())
    if count == MOST_AT_ONCE:
        run_when_due(None, due_at=times.now())
    return sent


def _send(letter, server):
    """Sends a letter that was claimed, or says in its row why not; True when it was taken. Raises ServerTrouble."""
    now = times.now()
    words = words_of(letter, at=now)
    if words is None:
        letter.drop()
        return False
    try:
        server.hand_over(message_of(words, number=letter.pk))
    except LetterRefused as refusal:
        letter.give_up(str(refusal), at=now)
        return False
    except LetterPutOff as trouble:
        letter.put_off(str(trouble), at=now, by_server=isinstance(trouble, ServerTrouble))
        # After the last attempt for one letter, the others that were not tried still have theirs to come.
        run_when_due(None, due_at=letter.due_at or now + PAUSES[0])
        if isinstance(trouble, ServerTrouble):
            raise
        return False
    letter.mark_sent(at=times.now(), told=words.told)
    Letter.objects.go_on(at=now)
    return True
