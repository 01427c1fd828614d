"""Moderation in the admin."""

from comments.admin.errors import ErrorReportAdmin
from comments.admin.letters import LetterAdmin
from comments.admin.log import DecisionAdmin
from comments.admin.people import PersonRuleAdmin
from comments.admin.persons import PrivacyLogAdmin
from comments.admin.policies import PolicyAdmin
from comments.admin.queue import CommentAdmin
from comments.admin.waiting import comments_waiting
from comments.admin.words import ListedWordAdmin

__all__ = [
    "CommentAdmin",
    "DecisionAdmin",
    "ErrorReportAdmin",
    "LetterAdmin",
    "ListedWordAdmin",
    "PersonRuleAdmin",
    "PolicyAdmin",
    "PrivacyLogAdmin",
    "comments_waiting",
]
