"""The site that is measured: the demo site in a folder of its own, and stories and comments besides."""

import datetime as dt
import subprocess
import sys
from urllib.parse import quote

from django.db.models import Count
from django.utils import timezone

from articles.models import Edition, EditionTag
from articles.tests.crowds import crowd
from articles.tests.stories import person
from comments.models import Comment
from comments.tests.replies import posted
from newsroom.launcher import ROOT

SLUG = "chinas-soft-power-shift"  # the story with a conversation under it
WORD = "china"
WORDS = [
    "harbour",
    "bridge",
    "ferry",
    "council",
    "ticket",
    "market",
    "school",
    "winter",
    "budget",
    "station",
    "river",
    "tram",
]


def prepare():
    """Makes the demo site in the folder that NEWSROOM_DATA_DIR names, static files included."""
    subprocess.run([sys.executable, "manage.py", "prepare_site"], cwd=ROOT, stdout=sys.stderr, check=True)


def story():
    """The live edition of the story that is measured."""
    return Edition.objects.live(at=timezone.now()).get(path__contains=SLUG)


def addresses():
    """{name: path} of the pages measured."""
    rows = EditionTag.objects.filter(edition__in=Edition.objects.live(at=timezone.now()))
    tag = rows.values("tag__slug").annotate(story_count=Count("pk")).order_by("-story_count", "tag__slug")[0]
    return {
        "article": path_of(story()),
        "front": "/",
        "tag": f"/tags/{quote(tag['tag__slug'])}/",
        "search": f"/search/?q={WORD}",
        "feed": "/feed.xml",
    }


def many_stories(count):
    """Live stories as long as the one measured and older than it; returns their editions."""
    edition = story()
    first = edition.published_at - dt.timedelta(days=30)
    return crowd(edition, [first - dt.timedelta(minutes=number) for number in range(count)])


def with_conversation(edition, *, comments):
    """Puts so many approved comments under a story, so that more of them change nothing of its first page."""
    moderator = person("bench-moderator", "Moderators")
    now = timezone.now()
    for number in range(comments):
        comment = posted(edition, sentence(number), email=f"earlier{number}@example.com", at=now)
        comment.approve(by=moderator, at=now)


def sentence(number):
    """Forty words, others for another number."""
    chosen = (WORDS[(number * 7 + place * place) % len(WORDS)] for place in range(40))
    return " ".join(f"{word}{(number + place) % 89}" for place, word in enumerate(chosen)) + f" {number}"


def comment_count():
    return Comment.objects.count()


def path_of(edition):
    """The path of an edition as it stands in an address."""
    return quote(edition.path)
