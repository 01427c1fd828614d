"""A desk at work beside a server, in a process of its own: it publishes, plans, withdraws, approves and merges.

Whatever it makes bears its number and that of its state in its words: `S12V3` is the third version of story 12,
`K1x7` the seventh comment of the first desk, `TagW1N4` its fourth tag. What it did stands in a log, a line of JSON for
each change, with the moments between which the change came about.
"""

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress

from articles import publishing, times
from articles.models import Article, Edition, Tag, User
from articles.tag_merging import merge_tags
from articles.tests.stories import rewrite
from comments.models import AlreadyDecided, Comment
from newsroom import launcher

LONGEST = 3600  # seconds that a desk goes on if nobody ends it
SOON = 3.0  # seconds within which a plan comes true
MOST_COMMENTS = 12  # under one story: all stand on the first page
LATELY = 40  # tags that a story may be given, of those made last
_PROGRAM = "import django; django.setup(); from newsroom.tests import busy_desk; busy_desk.main()"


class BusyDesk:
    """The desk of that number, for the stories whose numbers leave it when divided by how many desks there are."""

    def __init__(self, number, *, desks, log):
        self.number, self.log = number, log
        self.random = random.Random(number)
        self.editor = User.objects.get(username="editor")
        self.moderator = User.objects.get(username="moderator")
        stories = Article.objects.order_by("pk").values_list("pk", flat=True)
        self.plans = {}  # {number of a story: number of the edition planned}
        self.versions = {pk: 1 for pk in stories if pk % desks == number}
        self.comments, self.decided, self.comment_count = dict.fromkeys(self.versions, 0), deque(), 0
        self.leads_to, self.tag_count = (
            {},
            0,
        )  # each tag's name, and the name of that which it was merged into

    def work(self, is_over):
        verbs = [self.publish] * 6 + [self.schedule] * 4 + [self.cancel, self.withdraw, self.merge]
        verbs += [self.comment] * 3 + [self.take_back] * 2
        ends_at = time.monotonic() + LONGEST
        while not is_over() and time.monotonic() < ends_at:
            with suppress(publishing.PublishingRefused, AlreadyDecided):
                self.random.choice(verbs)()
            time.sleep(self.random.choice([0, 0.05, 0.1, 0.2, 0.5]))

    @contextmanager
    def logged(self, **line):
        """What is done inside changes for readers at a moment between the two of the line."""
        line["begun"] = time.time()
        yield line
        line["ended"] = time.time()
        self.log.write(f"{json.dumps(line)}\n")
        self.log.flush()

    # --- stories

    def _story(self):
        return Article.objects.get(pk=self.random.choice(list(self.versions)))

    def _rewritten(self):
        """(the story with new words and a tag of this desk, line for the log)."""
        article, tag = self._story(), self._tag()
        self.versions[article.pk] += 1
        words = f"S{article.pk}V{self.versions[article.pk]}"
        slug = f"story-{article.pk}{self.random.choice(['', '', '', '-moved'])}"
        texts = {
            "headline": f"Story {words}",
            "standfirst": f"It is {words}.",
            "body": f"<p>Words {words}.</p>",
        }
        article.tags.set([tag])
        return rewrite(article, slug=slug, **texts), {"story": article.pk, "words": words, "tag": tag}

    def _tag(self):
        names = [name for name, target in self.leads_to.items() if name == target][-LATELY:]
        if len(names) < 3 or self.random.random() < 0.1:
            self.tag_count += 1
            names = [f"TagW{self.number}N{self.tag_count}"]
            self.leads_to[names[0]] = names[0]
        return self.random.choice(names)

    @contextmanager
    def _change(self, **told):
        """The line besides says whether the story's plan of before still stands: then it has come true."""
        plan = self.plans.get(told["story"])
        with self.logged(**told) as line:
            yield line
            self.plans.pop(told["story"], None)
            line["is_kept"] = Edition.objects.filter(pk=plan).exists()

    def publish(self):
        article, told = self._rewritten()
        with self._change(**told) as line:
            line["path"] = publishing.publish(article, by=self.editor).path

    def schedule(self):
        article, told = self._rewritten()
        with self._change(**told) as line:
            at = times.now() + dt.timedelta(seconds=self.random.uniform(0.02, SOON))
            edition = publishing.schedule(article, at=at, by=self.editor)
            line |= {"path": edition.path, "at": at.timestamp()}
        self.plans[article.pk] = edition.pk

    def cancel(self):
        article = self._story()
        with self._change(story=article.pk, words="as before"):
            publishing.cancel_schedule(article, by=self.editor)

    def withdraw(self):
        article = self._story()
        with self._change(story=article.pk, words="gone"):
            publishing.withdraw(article, by=self.editor, reason="Taken back.")

    def merge(self):
        own = [name for name, target in self.leads_to.items() if name == target]
        tags = list(Tag.objects.filter(name__in=own).order_by("pk"))
        if len(tags) < 2:
            return
        into, other = self.random.sample(tags, 2)
        with self.logged(merged=other.name, into=into.name):
            merge_tags(into=into, others=[other], by=self.editor)
        for name, target in self.leads_to.items():
            if target == other.name:
                self.leads_to[name] = into.name

    # --- comments

    def comment(self):
        article = self._story()
        if self.comments[article.pk] >= MOST_COMMENTS:
            return
        self.comment_count += 1
        self.comments[article.pk] += 1
        words = f"K{self.number}x{self.comment_count}"
        row, _ = Comment.objects.post(
            article=article, name="Ana", email="ana@reader.example", text=f"I say {words}"
        )
        with self.logged(comment=words, story=article.pk, is_public=True):
            row.approve(by=self.moderator)
        self.decided.append((row.pk, words))

    def take_back(self):
        if not self.decided:
            return
        number, words = self.decided.popleft()
        row = Comment.objects.get(pk=number)
        verb = self.random.choice(["withdraw", "hold", "mark_spam", "erase", "undo"])
        options = {"hold": {"rule": "reports"}, "withdraw": {}}.get(verb, {"by": self.moderator})
        with self.logged(comment=words, story=row.article_id, is_public=False):
            getattr(row, verb)(**options)
        if verb in ("withdraw", "erase"):
            self.comments[row.article_id] -= 1
        elif verb == "hold":
            with self.logged(comment=words, story=row.article_id, is_public=True):
                row.approve(by=self.moderator)
            self.decided.append((number, words))


@contextmanager
def desks_at_work(folder, *, desks, **environment):
    """So many desks work inside, each in a process; gives the paths of their logs, which are whole afterwards.

    All of them have begun by then.
    """
    logs = [folder / f"desk-{number}.jsonl" for number in range(desks)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(number), str(desks), str(log)],
            cwd=launcher.ROOT, env=os.environ | environment,
        )
        for number, log in enumerate(logs)
    ]  # fmt: skip
    try:
        for log in logs:
            while not (log.exists() and log.stat().st_size):
                time.sleep(0.05)
        yield logs
        for process in processes:
            process.terminate()
        statuses = [process.wait(timeout=60) for process in processes]
        assert not any(statuses), f"The desks ended with {statuses}."
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main():
    """`python -c _PROGRAM NUMBER DESKS LOG`: works until SIGTERM."""
    signals = []
    signal.signal(signal.SIGTERM, lambda number, _frame: signals.append(number))
    number, desks, log = sys.argv[1:]
    with open(log, "w", encoding="utf-8") as lines:
        BusyDesk(int(number), desks=int(desks), log=lines).work(lambda: bool(signals))
