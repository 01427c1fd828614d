"""What the conversation costs: `make bench-comments`, or with COUNT= another number of decided comments.

    python .ci/bench_comments.py [COUNT] [--in FOLDER]

First 200 clients post 1,000 comments at once to the real server. Then a tenth of COUNT comments wait and COUNT are
decided, each with its line in the log, three of the people behind them heavy spammers; for each page it prints how
many queries it took and how many milliseconds of this process' CPU time, the median of five runs, and what it may
take. The site is a scratch one, on SQLite in a temporary folder, or on the empty database that
NEWSROOM_DATABASE_URL names. With --in the folder is kept, and not filled again the next time.
"""

import argparse
import datetime as dt
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
arguments = argparse.ArgumentParser()
arguments.add_argument("count", nargs="?", type=int, default=1_000_000)
arguments.add_argument("--in", dest="folder")
asked = arguments.parse_args()
if asked.count < 10_000:
    arguments.error(
        "COUNT is 10,000 at least: the comments that were posted first stand among those that wait."
    )
scratch = tempfile.TemporaryDirectory(prefix="bench-comments-")
folder = Path(asked.folder or scratch.name).absolute()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    "NEWSROOM_DATA_DIR": str(folder),
    "NEWSROOM_COMMENT_RATE": "off",
}

import django  # noqa: E402 - the settings read the environment
from django.conf import settings  # noqa: E402

# Static files are looked up by their plain names: collecting them would take longer than all the rest.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from steps import rolled_back  # noqa: E402

from articles.models import Edition  # noqa: E402
from articles.tests.crowds import crowd as many_stories  # noqa: E402
from articles.tests.stories import NOON, person, published  # noqa: E402
from comments.models import Action, Comment, Decision, Flag, Reason, Status, email_hash  # noqa: E402
from comments.places import place_below  # noqa: E402
from comments.queues import Order, Queue  # noqa: E402
from comments.spam import Facts, Words, likeness_of, triage  # noqa: E402
from comments.tests.replies import typed  # noqa: E402
from newsroom.tests.posting import HOST, Crowd, Server, database_url  # noqa: E402

CLIENTS, POSTS, A_SECOND = 200, 1_000, 80
RUNS, BATCH = 5, 20_000
STORIES = 500
MOST_QUERIES, MOST_MS = 12, 100  # of a page of the queue
READER_QUERIES = 6  # of a page for readers
TRIAGE_MS = 2
LETTERS = [
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
]


def sentence(number, *, words):
    """Other words for another number, some of them shared with others."""
    return " ".join(f"{LETTERS[(number * 7 + n * n) % 10]}{(number + n) % 89}" for n in range(words))


def calibrate():
    """Says how fast this machine is at this moment: a busy one takes more CPU time for the same."""
    begun_at, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    print(f"Ten million additions take {time.process_time() - begun_at:.2f} s of CPU time.")


# --- the posts


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


def bench_posts():
    """200 clients post 1,000 comments to the server that `make serve` starts."""
    edition = published("A story that everybody has a word on")
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    forms = [typed(text=f"{sentence(n, words=40)} {n}", email=f"reader{n}@example.com") for n in range(POSTS)]
    before = Comment.objects.count()
    address = {"NEWSROOM_DATABASE_URL": database_url(connection.settings_dict)}
    with (
        Server(free_port(), **address) as server,
        Crowd(server.port, f"{edition.path}reply/", forms, clients=CLIENTS) as crowd,
    ):
        crowd.wait()
        spent = 1_000 * server.cpu_seconds() / POSTS
    stored = list(Comment.objects.filter(article=edition.article).values_list("text", flat=True))
    answers = ", ".join(f"{count} of {status}" for status, count in sorted(crowd.answers.items()))
    print(f"{POSTS:,} posts by {CLIENTS} clients: {answers}")
    print(f"  acknowledged {len(crowd.links):,}, lost {len(crowd.links) - len(set(stored)):,}, ", end="")
    print(f"stored twice {len(stored) - len(set(stored)):,}, beside them {before:,}")
    print(
        f"  {POSTS / crowd.seconds:.0f} a second (at least {A_SECOND}), {spent:.1f} CPU ms of the server each"
    )


# --- the site that is filled


class Mould:
    """Writes many rows of a model that differ from a first one in a few columns, and have their numbers already.

    Making a million objects, and asking every field of each for its value, would take longer than all the rest.
    """

    def __init__(self, model):
        fields = model._meta.concrete_fields
        names = ", ".join(connection.ops.quote_name(each.column) for each in fields)
        table = connection.ops.quote_name(model._meta.db_table)
        marks = ", ".join(["%s"] * len(fields))
        self.statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of models
        self.places = {each.attname: place for place, each in enumerate(fields)}
        self.fields = fields

    def values_of(self, row):
        return [each.get_db_prep_save(getattr(row, each.attname), connection) for each in self.fields]

    def changed(self, values, **columns):
        """These values with other ones in some columns, as the database takes them."""
        values = values.copy()
        for name, value in columns.items():
            values[self.places[name]] = value
        return values

    def write(self, rows):
        with connection.cursor() as cursor:
            cursor.executemany(self.statement, rows)


def as_moment(moment):
    return connection.ops.adapt_datetimefield_value(moment)


STATUSES = [Status.APPROVED] * 7 + [Status.REJECTED] + [Status.SPAM] * 2
ACTIONS = {Status.APPROVED: Action.APPROVED, Status.REJECTED: Action.REJECTED, Status.SPAM: Action.SPAM}


def sender_of(number):
    """Three of four comments of spam are those of three people, all others of many readers."""
    if STATUSES[number % 10] == Status.SPAM and number // 10 % 4 < 3:
        return f"spammer{number // 10 % 4}@example.net"
    return f"reader{number * 7919 % 300_000}@example.com"


class Site:
    """The rows of a filled site: comments with numbers from 1 on, each with the line of the log that decided it."""

    def __init__(self, count, editions):
        self.waiting, self.total, self.editions = count // 10, count + count // 10, editions
        self.long_until = self.waiting + min(10_000, count // 10) * 10 // 7
        self.moderators = [person(f"moderator{n}", "Moderators") for n in range(5)]
        self.comments, self.decisions, self.flags = Mould(Comment), Mould(Decision), Mould(Flag)
        self.verdict = triage(Words("See http://a.example/ and http://b.example/ now"), Facts()).as_data()
        self.said = [self.comments.values_of(self.first_comment(number)) for number in range(500)]
        self.lines = [self.decisions.values_of(self.first_line(number)) for number in range(20)]
        self.flag = self.flags.values_of(Flag(comment_id=0, reason=Reason.ABUSE, flagged_at=NOON))
        self.hashes = {}

    def first_comment(self, number):
        """One of each text, a quarter of them with something that triage saw."""
        text, found = sentence(number, words=20 + number % 60), {} if number % 4 else self.verdict
        return Comment(
            article_id=0, text=text, likeness=likeness_of(text), verdict=found, score=found.get("score", 0)
        )

    def first_line(self, number):
        status = STATUSES[number % 10]
        return Decision(
            comment_id=0, number=1, action=ACTIONS.get(status), decided_at=NOON, by=self.moderators[number % 5],
            from_status=Status.PENDING, to_status=status, verdict={} if number % 4 else self.verdict,
            reason=Reason.ABUSE if status == Status.REJECTED else "", text_hash="0" * 64,
        )  # fmt: skip

    def status_of(self, number):
        return STATUSES[number % 10] if number > self.waiting else Status.PENDING

    def comment(self, number):
        status, email = self.status_of(number), sender_of(number)
        posted_at, uid = NOON + dt.timedelta(seconds=17 * number), uuid.UUID(int=number)
        return self.comments.changed(
            self.said[number % len(self.said)],
            id=number, uid=uid if connection.features.has_native_uuid_field else uid.hex,
            article_id=self.edition_of(number, status).article_id, name=f"Reader {number}", email=email,
            email_hash=self.hash_of(email), status=str(status), posted_at=as_moment(posted_at),
            place=place_below("", posted_at=posted_at, uid=uid), network=f"{number * 31 % 50_000:064x}",
            repeat_hash=f"{number:064x}", decision_count=int(status != Status.PENDING),
            open_flag_count=self.flag_count_of(number),
        )  # fmt: skip

    def flag_count_of(self, number):
        return 1 + number % 3 if number > self.waiting and number % 500 == 0 else 0

    def edition_of(self, number, status):
        is_of_the_long_one = self.waiting < number <= self.long_until and status == Status.APPROVED
        return self.editions[0 if is_of_the_long_one else 1 + number % (STORIES - 1)]

    def hash_of(self, email):
        if email not in self.hashes:
            self.hashes[email] = email_hash(email)
        return self.hashes[email]

    def decision(self, number):
        decided_at = NOON + dt.timedelta(seconds=17 * number, minutes=number % 600)
        return self.decisions.changed(
            self.lines[number % len(self.lines)],
            id=number,
            comment_id=number,
            decided_at=as_moment(decided_at),
        )

    def flags_of(self, number):
        return [
            self.flags.changed(self.flag, id=number * 3 + n, comment_id=number, network=f"{n:064x}")
            for n in range(self.flag_count_of(number))
        ]

    def write(self, numbers):
        """Writes the comments with these numbers, with all that belongs to them."""
        with transaction.atomic():
            self.comments.write([self.comment(number) for number in numbers])
            self.decisions.write([self.decision(number) for number in numbers if number > self.waiting])
            self.flags.write([row for number in numbers for row in self.flags_of(number)])


def fill(count, editions):
    """The Site, with what was not there yet written."""
    site = Site(count, editions)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # for this connection: what a crash would lose can be made again
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1000000")
    done = Comment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for start in range(done + 1, site.total + 1, BATCH):
        site.write(range(start, min(start + BATCH, site.total + 1)))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Comment, Decision, Flag]):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # which it does by itself after a while
    connection.close()
    return site


# --- what the pages cost


def measured(name, step, *, most_queries=MOST_QUERIES, milliseconds=MOST_MS, times=1):
    """Prints a line of the table: the step's queries and CPU time beside what they may be.

    What takes hardly any time is done so many `times` in a row.
    """
    step()
    spent = []
    with CaptureQueriesContext(connection) as captured:
        step()
        queries = len(captured)  # the log of queries begins anew with the next request
    for _ in range(RUNS):
        begun_at = time.process_time()
        for _ in range(times):
            step()
        spent.append(1_000 * (time.process_time() - begun_at) / times)
    cost = statistics.median(spent)
    is_over = queries > most_queries or cost > milliseconds
    print(
        f"{name:<58} {queries:>8} {cost:>9.1f}   {most_queries} / {milliseconds}{'  OVER' if is_over else ''}",
        flush=True,
    )


def getting(client, address, query=None):
    def get():
        response = client.get(address, query)
        assert response.status_code == 200, (address, query, response.status_code)  # noqa: S101
        return response

    return get


def far_behind(queue):
    """The number of a comment deep inside a queue."""
    rows = (
        Comment.objects.filter(status=queue)
        if queue != Queue.REPORTED
        else Comment.objects.filter(open_flag_count__gt=0)
    )
    count = rows.count()
    return rows.order_by("posted_at", "pk").values_list("pk", flat=True)[count * 2 // 3]


def bench_queue(site):
    client = Client(SERVER_NAME=HOST)
    client.force_login(site.moderators[0])
    address = reverse("admin:comments_comment_changelist")
    for queue in Queue:
        behind = far_behind(queue)
        for order in Order:
            wish = {"queue": queue.value, "order": order.value}
            measured(f"Queue: {queue.label}, {order.label.lower()}", getting(client, address, wish))
            measured("  far behind", getting(client, address, wish | {"after": behind}))
    story = {"article": site.editions[0].article_id, "queue": "approved", "order": "flagged"}
    measured("Queue: Approved of one story, most flagged first", getting(client, address, story))
    for words in ("harbour12", "nowhere", "spammer1@example.net", f"#{site.total}"):
        measured(
            f"Queue: Approved, searched for {words}",
            getting(client, address, {"queue": "approved", "q": words}),
        )
    seen = {"seen": ",".join(f"{pk}.0" for pk in range(1, 101)), "since": site.total - 50}
    measured("News of a page that lies open", getting(client, reverse("admin:comments_comment_news"), seen))
    measured(
        "  that has lain open for long",
        getting(client, reverse("admin:comments_comment_news"), seen | {"since": 1, "queue": "rejected"}),
    )
    spam = Comment.objects.filter(email="spammer1@example.net").latest("pk")
    measured(
        "The record of a comment by a heavy spammer",
        getting(client, reverse("admin:comments_comment_change", args=[spam.pk])),
    )
    measured(
        "What is known of a heavy spammer",
        getting(client, reverse("admin:comments_comment_author", args=[spam.pk])),
    )
    measured("The dashboard", getting(client, reverse("admin:index")), most_queries=20)
    pending = Comment.objects.filter(status=Status.PENDING).order_by("pk")[:50]
    one = {"do": f"approve:{pending[0].pk}", f"seen_{pending[0].pk}": "0"}
    many = {"bulk": "spam", "_selected_action": [each.pk for each in pending]} | {
        f"seen_{each.pk}": "0" for each in pending
    }
    decide = reverse("admin:comments_comment_decide")
    measured("Approving a comment", rolled_back(lambda: client.post(decide, one)), most_queries=20)
    measured(
        "Marking 50 comments as spam",
        rolled_back(lambda: client.post(decide, many)),
        most_queries=500,
        milliseconds=1_000,
    )


def bench_readers(site):
    client, edition = Client(SERVER_NAME=HOST), site.editions[0]
    comments = f"{edition.path}comments/"
    places = Comment.objects.filter(article=edition.article_id, status=Status.APPROVED).order_by("place")
    behind = places.values_list("pk", flat=True)[places.count() * 2 // 3]
    pages = {
        f"The page of a story with {places.count():,} comments": (edition.path, None),
        "Its comments, oldest first": (comments, None),
        "  far behind": (comments, {"after": behind}),
        "Its comments, newest first": (comments, {"order": "newest"}),
        "  far behind, newest first": (comments, {"order": "newest", "after": behind}),
    }
    for name, (address, query) in pages.items():
        measured(name, getting(client, address, query), most_queries=READER_QUERIES)
    reply = f"{edition.path}reply/"
    measured(
        "A post", rolled_back(lambda: client.post(reply, typed(text=sentence(7, words=60)))), most_queries=15
    )
    spam = typed(text=sentence(7, words=60), email="spammer1@example.net")
    measured("A post by a heavy spammer", rolled_back(lambda: client.post(reply, spam)), most_queries=15)


def bench_triage():
    """Every length among a hundred neighbours of the usual length."""
    listed = {(f"word{n}",): 2 for n in range(200)}
    neighbours = {n: likeness_of(sentence(n, words=80)) for n in range(100)}
    facts = Facts(listed=listed, neighbours=neighbours, story=sentence(3, words=1_000))
    kinds = {"Triage of 10 words": sentence(5, words=10), "Triage of 80 words": sentence(5, words=80),
             "Triage of 5,000 characters": sentence(5, words=1_000)[:5_000],
             "Triage of 5,000 characters of one letter": "a" * 5_000,
             "Triage of 5,000 characters of links": ("http://a.example/b " * 300)[:5_000]}  # fmt: skip
    for name, text in kinds.items():
        measured(
            name,
            lambda text=text: triage(Words(text, "Reader"), facts),
            most_queries=0,
            milliseconds=TRIAGE_MS,
            times=20,
        )


def story(headline):
    """The live edition of the story with this headline, published if it is not there."""
    return Edition.objects.filter(headline=headline).first() or published(headline)


def main(count):
    calibrate()
    folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    if not Comment.objects.exists():
        bench_posts()
    first = story("The story that everybody reads")
    if Edition.objects.count() < STORIES:
        many_stories(first, [NOON + dt.timedelta(minutes=n) for n in range(STORIES)])
    others = Edition.objects.filter(headline__startswith=f"{first.headline} ").order_by("pk")
    print(
        f"Filling a scratch site with {count // 10:,} comments that wait and {count:,} that are decided ..."
    )
    began_at = time.monotonic()
    site = fill(count, [first, *others])
    print(f"It took {time.monotonic() - began_at:.0f} s.")
    print(f"{'':<58} {'queries':>8} {'CPU ms':>9}   at most")
    bench_triage()
    bench_readers(site)
    bench_queue(site)


if __name__ == "__main__":
    # Through the contexts, so that no server stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with scratch:
        main(asked.count)
