"""Comments, readers' reports of them, and the log of what was decided about each."""

from comments.models.comment import (
    NAME_LENGTH,
    TEXT_LENGTH,
    Comment,
    email_hash,
    repeat_hash,
)
from comments.models.decisions import AT_FIRST, Decision, replay
from comments.models.errors import ANSWERS, Answer, ErrorReport
from comments.models.flags import Flag
from comments.models.letters import DeskMail, Kind, Letter, Mute, address_hash, may_moderate
from comments.models.listed_words import ListedWord
from comments.models.moderation_months import ModerationMonth
from comments.models.people import Effect, PersonRule, Trait, digests_of, domain_of
from comments.models.policies import Mode, Policy
from comments.models.privacy_log import PrivacyLine
from comments.models.states import PUBLIC_WORDING, Action, AlreadyDecided, Reason, Status
from comments.models.tally import QUEUES, QueueTally

__all__ = [
    "ANSWERS",
    "AT_FIRST",
    "NAME_LENGTH",
    "PUBLIC_WORDING",
    "QUEUES",
    "TEXT_LENGTH",
    "Action",
    "AlreadyDecided",
    "Answer",
    "Comment",
    "Decision",
    "DeskMail",
    "Effect",
    "ErrorReport",
    "Flag",
    "Kind",
    "Letter",
    "ListedWord",
    "Mode",
    "ModerationMonth",
    "Mute",
    "PersonRule",
    "Policy",
    "PrivacyLine",
    "QueueTally",
    "Reason",
    "Status",
    "Trait",
    "address_hash",
    "digests_of",
    "domain_of",
    "email_hash",
    "may_moderate",
    "repeat_hash",
    "replay",
]
