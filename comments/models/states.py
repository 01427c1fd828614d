"""The words of moderation: what a comment can be, why it is rejected, what can be done to it."""

from django.db import models
from django.utils.translation import gettext_lazy


class Status(models.TextChoices):
    """What has been decided about a comment. Of a withdrawn or erased one the words and the name are gone."""

    PENDING = "pending", gettext_lazy("Pending")
    APPROVED = "approved", gettext_lazy("Approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    SPAM = "spam", gettext_lazy("Spam")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
    ERASED = "erased", gettext_lazy("Erased")


GONE = (Status.WITHDRAWN, Status.ERASED)  # nothing can be decided about these any more


class Reason(models.TextChoices):
    """Why a comment is rejected; `PUBLIC_WORDING` is what its author is told."""

    OFF_TOPIC = "off_topic", gettext_lazy("Off topic")
    ABUSE = "abuse", gettext_lazy("Abuse")
    ADVERTISING = "advertising", gettext_lazy("Advertising")
    FALSE_CLAIM = "false_claim", gettext_lazy("False claim")
    PERSONAL_DATA = "personal_data", gettext_lazy("Personal data")
    OTHER = "other", gettext_lazy("Other")


PUBLIC_WORDING = {
    Reason.OFF_TOPIC: gettext_lazy("It is not about the article."),
    Reason.ABUSE: gettext_lazy("It attacks or insults somebody."),
    Reason.ADVERTISING: gettext_lazy("It advertises something."),
    Reason.FALSE_CLAIM: gettext_lazy("It states as a fact something that is not true."),
    Reason.PERSONAL_DATA: gettext_lazy("It contains somebody’s personal data."),
}


class Action(models.TextChoices):
    """What a line of the moderation log says was done; each as the first word of a sentence that goes on “by …”."""

    APPROVED = "approved", gettext_lazy("Approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    SPAM = "spam", gettext_lazy("Spam")
    HELD = "held", gettext_lazy("Held")
    KEPT = "kept", gettext_lazy("Kept")
    FEATURED = "featured", gettext_lazy("Featured")
    UNFEATURED = "unfeatured", gettext_lazy("No longer featured")
    BLANKED = "blanked", gettext_lazy("Partly blanked")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
    ERASED = "erased", gettext_lazy("Erased")
    UNDONE = "undone", gettext_lazy("Undone")


class AlreadyDecided(Exception):
    """The comment is no longer what the actor saw. The message says who decided what."""


def word_for(choices, stored):
    """The word for a choice as a column holds it, "" for none.

    What Django makes of a column's choices by itself goes through all of them every time; on a page of fifty
    comments with their logs that was a third of the work.
    """
    return str(choices(stored).label) if stored else ""
