"""What the desk's pages cost at a hundred thousand stories: `make bench-desk`, or with another number of them.

Prints for each step how many queries it took and how many milliseconds of this process' CPU time, the median of
five runs. The site is a scratch one in a temporary folder, on SQLite; nothing else is touched.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
scratch = tempfile.TemporaryDirectory(prefix="bench-desk-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "NEWSROOM_DATA_DIR": scratch.name}

import django  # noqa: E402 - the settings read the environment
from django.conf import settings  # noqa: E402

# Static files are looked up by their plain names: collecting them would take longer than all the rest.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from steps import rolled_back  # noqa: E402

from articles import publishing  # noqa: E402
from articles.differences import compare  # noqa: E402
from articles.models import Article, Edition  # noqa: E402
from articles.tests import desk  # noqa: E402
from articles.tests.stories import person, section, source, write  # noqa: E402

RUNS = 5
BATCH = 2_000
WORDS = [
    "bridge",
    "river",
    "city",
    "council",
    "money",
    "year",
    "plan",
    "report",
    "trade",
    "court",
    "law",
    "price",
]


def text(words, *, seed):
    """So many words in paragraphs of fifty, other ones for another seed."""
    chosen = [f"{WORDS[(seed + n * n) % len(WORDS)]}{(seed * n) % 97}" for n in range(words)]
    parts = [" ".join(chosen[start : start + 50]) for start in range(0, words, 50)]
    return "".join(f"<p>{part}.</p>" for part in parts)


def fill(count):
    """That many live stories, a tenth of them with unpublished changes, and as many drafts as a tenth."""
    editor, where, began_at = person("editor", "Editors"), section(), timezone.now()
    while (made := Article.objects.count()) < count:
        numbers = range(made, min(made + BATCH, count))
        moments = {n: began_at - timezone.timedelta(minutes=count - n) for n in numbers}
        articles = Article.objects.bulk_create(
            Article(
                headline=f"Story {n}", body=f"<p>The words of story {n}.</p>", section=where, created_by=editor,
                updated_by=editor, updated_at=moments[n], fingerprint=f"{n}" if n % 10 else "changed",
                stage="in_review" if n % 1000 == 0 else "draft",
            )
            for n in numbers
        )  # fmt: skip
        Edition.objects.bulk_create(
            Edition(
                article=article, number=1, path=f"/2025/01/01/story-{n}/", headline=article.headline,
                body=article.body, opening=f"The words of story {n}.", language="en", kind="news", section=where,
                change="first", published_at=moments[n], live_from=moments[n], made_by=editor,
                made_at=moments[n], fingerprint=f"{n}",
            )
            for n, article in zip(numbers, articles, strict=True)
            if n % 11
        )  # fmt: skip


def measured(name, step):
    """Runs a step a few times and prints what it cost."""
    spent, queries = [], 0
    for _run in range(RUNS):
        with CaptureQueriesContext(connection) as captured:
            began = time.process_time()
            step()
            spent.append((time.process_time() - began) * 1000)
        queries = len(captured)
    print(f"{name:<58} {queries:>8} {statistics.median(spent):>8.0f}")


def main(count):
    setup_test_environment()
    call_command("migrate", verbosity=0)
    print(f"Filling a scratch site with {count:,} stories ...")
    fill(count)
    editor, client = person("editor", "Editors"), Client()
    client.force_login(editor)
    story = write(
        "Long story", body=text(2_000, seed=1), sources=[source(f"Source {n}") for n in range(20)], by=editor
    )
    change, changelist = desk.address("change", story), desk.address("changelist")
    typed = desk.filled_in(client.get(change), headline="Long story, changed", _continue="1")

    def changed_source():
        return typed | {"citations-0-number": "20"}

    print(f"{'':<58} {'queries':>8} {'CPU ms':>8}")
    measured("The list of articles", lambda: client.get(changelist))
    measured("The list of live ones", lambda: client.get(changelist, {"state": "live"}))
    measured("The list of withdrawn ones (none)", lambda: client.get(changelist, {"state": "withdrawn"}))
    measured("The dashboard", lambda: client.get(reverse("admin:index")))
    measured("Opening a story of 2,000 words with 20 sources", lambda: client.get(change))
    measured("Saving it, no source changed", rolled_back(lambda: client.post(change, typed)))
    measured(
        "Saving it, one source moved to the end", rolled_back(lambda: client.post(change, changed_source()))
    )
    measured("Publishing it", rolled_back(lambda: publishing.publish(story, by=editor)))
    measured("Its publish page", lambda: client.get(desk.address("publish", story)))
    old, new = (publishing.working_edition(story, at=timezone.now()) for _ in range(2))
    old.body, new.body = text(5_000, seed=1), text(5_000, seed=2)
    measured("Comparing two versions of 5,000 words", lambda: compare(old, new))


if __name__ == "__main__":
    with scratch:
        main(int(sys.argv[1]) if sys.argv[1:] else 100_000)
