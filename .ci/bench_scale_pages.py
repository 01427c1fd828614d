"""Asks one archive for its pages: what .ci/bench_scale.py starts for each size, with a database of its own.

    python .ci/bench_scale_pages.py STORIES COMMENTS UNTIL

It makes the archive where there is none and writes the names of its pages as JSON in a line. Then it answers lines of
JSON on standard input with one each: ["first", name], ["again", name] and ["facts", ""].
"""

import datetime as dt
import gc
import io
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django
from django.conf import settings

# Static files are looked up by their plain names: collecting them would take longer than all the rest.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.filings import chunk_of  # noqa: E402
from articles.models import (  # noqa: E402
    Article,
    Author,
    Correction,
    Coverage,
    Edition,
    EditionAuthor,
    EditionSource,
    EditionTag,
    Section,
    Source,
    Tag,
    User,
    Withdrawal,
)
from articles.models.article import State  # noqa: E402
from articles.paging import Key  # noqa: E402
from articles.tests.stories import person  # noqa: E402
from comments.models import Comment, Status  # noqa: E402
from comments.queues import Order, Queue  # noqa: E402
from newsroom.archive.filing import author_slug, coverage_slug, source_slug  # noqa: E402
from newsroom.archive.text import tag_name  # noqa: E402
from newsroom.patience import make_haste  # noqa: E402

SPREAD = 40  # stories that stand for all
COMMON, FREQUENT, RARE, NOWHERE = "the", "harbour authority", "caldmerrin", "zzyzx"
is_local = connection.vendor == "sqlite"
clock = time.process_time if is_local else time.perf_counter


# --- which pages there are


def row_at(rows, part):
    """The row that stands at that part of an ordered list."""
    return rows[int(rows.count() * part)]


def below(address, moment, number):
    return f"{address}?{urlencode({'before': Key(moment, number)})}"


def story_pages():
    """Names and addresses of single stories, spread over the archive."""
    live = Edition.objects.live().order_by("pk")
    last = live.last().article_id
    spread = [
        live.filter(article__gte=1 + last * n // SPREAD).order_by("article_id").first() for n in range(SPREAD)
    ]
    paths = [each.get_absolute_url() for each in spread]
    busiest = Counter(Comment.objects.values_list("article", flat=True)[:100_000])
    article = next(pk for pk, _count in busiest.most_common() if live.filter(article=pk).exists())
    path = live.get(article=article).get_absolute_url()
    places = Comment.objects.filter(article=article, status=Status.APPROVED).order_by("place")
    deep, said = row_at(places, 2 / 3).pk, places.first().pk
    several = live.filter(number__gte=2).first()
    withdrawn = Withdrawal.objects.order_by("pk").first()
    gone = withdrawn and withdrawn.article.addresses.get().path
    when = (several.published_at + dt.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    return {
        "a story": paths,
        "the story with the longest thread": [path],
        "its comments": [f"{path}comments/"],
        "its comments, far behind": [f"{path}comments/?after={deep}"],
        "its comments, newest first, far behind": [f"{path}comments/?order=newest&after={deep}"],
        "the address of a comment": [f"{path}comments/{said}/"],
        "reporting a comment": [f"{path}comments/{said}/report/"],
        "the feed of its comments": [f"{path}comments/feed.xml"],
        "replying": [f"{each}reply/" for each in paths[:10]],
        "reporting an error": [f"{each}report-an-error/" for each in paths[:10]],
        "the history of a story": [f"{several.get_absolute_url()}history/"],
        "an earlier version": [f"{several.get_absolute_url()}history/1/"],
        "what changed": [f"{several.get_absolute_url()}history/1..2/"],
        "a story as it was": [f"{several.get_absolute_url()}?at={when}"],
        "the front page as it was": [f"/?at={when}"],
        "a story that was withdrawn": [quote(gone)] if gone else [],
        "an address that is none": ["/2019/01/02/never-heard-of/"],
    }


FILED = {
    "tag": (Tag, EditionTag, "tag", lambda: Tag.objects.get(name=tag_name(0)).slug),
    "author": (Author, EditionAuthor, "author", lambda: author_slug(0)),
    "source": (Source, EditionSource, "source", lambda: source_slug(0)),
}


def list_pages():
    live, pages = Edition.objects.live(), {"the front page": ["/"]}
    for name, (model, rows, field, slug_of) in FILED.items():
        slug = slug_of()
        address = reverse(f"articles:{name}", args=[slug])
        filed = rows.objects.filter(**{field: model.objects.get(slug=slug)}).order_by(
            "published_at", "edition"
        )
        deep = row_at(filed, 1 / 3)
        pages[f"the most common {name}"] = [address]
        pages[f"the most common {name}, far behind"] = [
            below(address, deep.published_at, deep.edition.article_id)
        ]
    rare = Tag.objects.filter(edition_rows__isnull=False).order_by("-pk").first()
    pages["a rare tag"] = [reverse("articles:tag", args=[rare.slug])]
    publisher = Source.objects.get(slug=source_slug(0)).publisher_slug or "none"
    common = most_common_publisher()
    pages["the most common publisher"] = [reverse("articles:publisher", args=[common or publisher])]
    deep = row_at(live.order_by("published_at", "article_id"), 1 / 3)
    pages["the most common publisher, far behind"] = [
        below(pages["the most common publisher"][0], deep.published_at, deep.article_id)
    ]
    pages["a section"] = [reverse("articles:section", args=[each.slug]) for each in Section.objects.all()]
    pages["a section, far behind"] = [below(pages["a section"][0], deep.published_at, deep.article_id)]
    coverage = reverse("articles:coverage", args=[coverage_slug(0)])
    rows = live.filter(coverage=Coverage.objects.get(slug=coverage_slug(0))).order_by("published_at", "pk")
    filed = row_at(rows, 1 / 3)
    pages |= {
        "the most common coverage": [coverage],
        "the most common coverage, far behind": [below(coverage, filed.published_at, filed.article_id)],
        "the archive": [reverse("articles:archive")],
        "the archive, far behind": [below(reverse("articles:archive"), deep.published_at, deep.article_id)],
    }
    return pages | month_pages(deep)


def most_common_publisher():
    """Of the first sources, which are cited most, the publisher that has most of them."""
    names = (
        Source.objects.exclude(publisher_slug="").order_by("pk").values_list("publisher_slug", flat=True)[:30]
    )
    return statistics.mode(names)


def month_pages(deep):
    day = timezone.localtime(deep.published_at)
    address = reverse("articles:month", args=[day.year, day.month])
    correction = Correction.objects.public().select_related("edition").last()
    corrected = timezone.localtime(correction.edition.live_from)
    return {
        "a month": [address],
        "a month, far behind": [below(address, deep.published_at, deep.article_id)],
        "corrections": [reverse("articles:corrections")],
        "corrections of a month": [
            reverse("articles:corrections_month", args=[corrected.year, corrected.month])
        ],
    }


def search_pages():
    day = timezone.localtime(row_at(Edition.objects.order_by("published_at"), 0.5).published_at).date()
    tag = tag_name(0)
    asked = {
        "the most common word": {"q": COMMON},
        "two common words": {"q": f"{COMMON} {FREQUENT.split()[1]}"},
        "a common phrase": {"q": f'"{FREQUENT}"'},
        "a rare word": {"q": RARE},
        "a word that is nowhere": {"q": NOWHERE},
        "a common and a rare word": {"q": f"{COMMON} {RARE}"},
        "the most common word, in a section": {"q": COMMON, "section": "opinion"},
        "the most common word, with the most common tag": {"q": COMMON, "tag": tag},
        "the most common word, with a rare tag": {"q": COMMON, "tag": tag_name(50)},
        "the most common word, in a language without it": {"q": COMMON, "language": "ru"},
        "the most common word, in another language": {"q": COMMON, "language": "en"},
        "the most common word, of one kind": {"q": COMMON, "kind": "opinion"},
        "the most common word, since a day": {"q": COMMON, "since": day.isoformat()},
        "the most common word, until a day": {"q": COMMON, "until": day.isoformat()},
        "filters alone": {"section": "opinion", "language": "fr", "kind": "analysis"},
        "nothing": {},
    }
    pages = {f"search: {name}": [f"/search/?{urlencode(query)}"] for name, query in asked.items()}
    deep = row_at(Edition.objects.live().order_by("published_at", "article_id"), 1 / 3)
    key = urlencode({"q": COMMON, "before": Key(deep.published_at, deep.article_id)})
    return pages | {"search: the most common word, far behind": [f"/search/?{key}"]}


def machine_pages():
    last = chunk_of(Article.objects.order_by("-pk").values_list("pk", flat=True)[0])
    section, tag = Section.objects.first().slug, Tag.objects.get(name=tag_name(0)).slug
    year = timezone.localtime().year
    names = {
        "site_feed": [], "section_feed": [section], "tag_feed": [tag], "author_feed": [author_slug(0)],
        "coverage_feed": [coverage_slug(0)], "corrections_feed": [], "sitemap": [], "news_sitemap": [], "robots": [],
    }  # fmt: skip
    pages = {f"{name}": [reverse(f"articles:{name}", args=args)] for name, args in names.items()}
    for name, number in {"own pages": 0, "first": 1, "middle": last // 2, "last": last}.items():
        pages[f"sitemap: {name}"] = [reverse("articles:sitemap_chunk", args=[number])]
    return pages | {
        "feed of all comments": [reverse("comments:site_feed")],
        "moderation in figures": [reverse("comments:moderation")],
        "moderation in figures: a year": [reverse("comments:moderation_year", args=[year - 1])],
        "moderation as CSV": [reverse("comments:moderation_csv")],
        "healthz": ["/healthz"],
        "readyz": ["/readyz"],
    }


def desk_pages():
    """Every list of the admin, those of stories and comments in many ways, and a story's own pages."""
    pages = {"desk: dashboard": [reverse("admin:index")]}
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        pages[f"desk: list of {model._meta.verbose_name_plural}"] = [reverse(f"admin:{name}_changelist")]
    listed, tag = reverse("admin:articles_article_changelist"), Tag.objects.get(name=tag_name(0))
    queries = {f"state {state.value}": {"state": state.value} for state in State}
    queries |= {
        "a section": {"section__id__exact": Section.objects.last().pk},
        "a language": {"language": "ru"},
        "a kind": {"kind__exact": "opinion"},
        "a tag": {"tag": tag.name},
        "a coverage": {"coverage": Coverage.objects.get(slug=coverage_slug(0)).pk},
        "an author": {"author": Author.objects.get(slug=author_slug(0)).pk},
        "a source": {"source": Source.objects.get(slug=source_slug(0)).pk},
        "a common word": {"q": COMMON},
        "a rare word": {"q": RARE},
        "an address": {"q": "/2019/01/02/never-heard-of/"},
        "page 20": {"p": 20},
        "by headline": {"o": "1"},
    }
    pages |= {f"desk: stories, {name}": [f"{listed}?{urlencode(query)}"] for name, query in queries.items()}
    for name in ("tag", "source", "author", "coverage"):
        address = reverse(f"admin:articles_{name}_changelist")
        pages[f"desk: {name}s, searched"] = [f"{address}?q=bridge"]
    return pages | story_desk_pages() | queue_pages()


def story_desk_pages():
    stories = list(
        Article.objects.with_state().filter(state=State.LIVE).order_by("pk").values_list("pk", flat=True)[:1]
    )
    stories += list(Article.objects.order_by("-pk").values_list("pk", flat=True)[:9])
    pages = {}
    for name in ("change", "review", "publish", "history"):
        pages[f"desk: a story, {name}"] = [
            reverse(f"admin:articles_article_{name}", args=[pk]) for pk in stories
        ]
    source = Source.objects.get(slug=source_slug(0)).pk
    tag = Tag.objects.get(name=tag_name(0)).pk
    pages["desk: the most common source"] = [reverse("admin:articles_source_change", args=[source])]
    pages["desk: the most common tag"] = [reverse("admin:articles_tag_change", args=[tag])]
    suggest = reverse("admin:autocomplete")
    for model, field, term in (
        ("articletag", "tag", "har"),
        ("citation", "source", "Annual"),
        ("byline", "author", "An"),
    ):
        query = {"app_label": "articles", "model_name": model, "field_name": field, "term": term}
        pages[f"desk: suggestions, {field}"] = [f"{suggest}?{urlencode(query)}"]
    pages["desk: suggestions, related"] = [f"{reverse('admin:articles_article_suggest')}?term=harbour"]
    pages["desk: suggestions, related, none"] = [f"{reverse('admin:articles_article_suggest')}?term=zzyzx"]
    return pages


def queue_pages():
    listed, pages = reverse("admin:comments_comment_changelist"), {}
    for queue in Queue:
        for order in Order:
            query = {"queue": queue.value, "order": order.value}
            pages[f"queue: {queue.value}, {order.value}"] = [f"{listed}?{urlencode(query)}"]
        rows = Comment.objects.filter(status=queue.value).order_by("posted_at", "pk")
        if queue != Queue.REPORTED:
            query = {"queue": queue.value, "order": "oldest", "after": row_at(rows, 2 / 3).pk}
            pages[f"queue: {queue.value}, far behind"] = [f"{listed}?{urlencode(query)}"]
    for words in ("harbour", "zzyzx", "reader1@readers.example"):
        pages[f"queue: approved, searched for {words}"] = [
            f"{listed}?{urlencode({'queue': 'approved', 'q': words})}"
        ]
    busy = Comment.objects.filter(email="reader1@readers.example").order_by("pk").first()
    pages["queue: what is known of a busy reader"] = [
        reverse("admin:comments_comment_author", args=[busy.pk])
    ]
    pages["queue: the record of a comment"] = [reverse("admin:comments_comment_change", args=[busy.pk])]
    return pages


# --- what they cost


def asked_once(client, address):
    connection.close_if_unusable_or_obsolete()
    begun_at = clock()
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    spent = 1_000 * (clock() - begun_at)
    if response.status_code >= 500:
        raise RuntimeError(f"{address} answers {response.status_code}.")
    return spent, response.status_code, len(body)


def asked_in_turn(client, addresses):
    """The milliseconds that each of these addresses took, asked for once."""
    gc.collect()
    return [asked_once(client, address)[0] for address in addresses]


def asked_first(client, addresses):
    """{"status", "bytes", "queries"} of the first of these addresses, whose time tells nothing yet."""
    with CaptureQueriesContext(connection) as captured:
        _spent, status, size = asked_once(client, addresses[0])
    return {"status": status, "bytes": size, "queries": len(captured)}


def memory_mb():
    """What this process has of its own, in MB; 0 where the system does not say."""
    try:
        text = Path("/proc/self/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(number) for number in re.findall(r"^Private_\w+: +(\d+)", text, re.MULTILINE)) // 1024


def database_words():
    if is_local:
        size = sum(file.stat().st_size for file in settings.DATA_DIR.glob("newsroom.sqlite3*"))
        return f"{size / 1e9:.1f} GB of SQLite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
        size, version = cursor.fetchone()
    return f"{size / 1e9:.1f} GB of PostgreSQL {version}"


def prepare(stories, comments, until):
    call_command("migrate", verbosity=0)
    call_command("make_archive", articles=stories, comments=comments, until=dt.date.fromisoformat(until))
    call_command("count_moderation", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if not is_local else "PRAGMA optimize")
    connection.close()


def pages_by_name():
    """{name: (client, addresses)} of all pages, of readers, of the desk, and of a reporter."""
    reader, desk, reporter = Client(), Client(), Client()
    boss = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
    desk.force_login(boss)
    writer = User.objects.get(username="archive-writer-1")
    User.objects.filter(pk=writer.pk).update(is_active=True, is_staff=True)
    reporter.force_login(person("archive-writer-1", "Reporters"))
    connection.ensure_connection()  # whose first statements belong to no page
    own = {
        "reporter: dashboard": [reverse("admin:index")],
        "reporter: stories": [reverse("admin:articles_article_changelist")],
    }
    readers = story_pages() | list_pages() | search_pages() | machine_pages()
    asked = [(reader, readers), (desk, desk_pages()), (reporter, own)]
    return {name: (client, found) for client, rows in asked for name, found in rows.items() if found}


def main(stories, comments, until):
    settings.ALLOWED_HOSTS = ["testserver"]
    answers, sys.stdout = sys.stdout, sys.stderr
    prepare(int(stories), int(comments), until)
    connection_created.connect(make_haste)  # as the server does
    connection.close()
    pages = pages_by_name()
    gc.freeze()  # as the server does: what is here to stay is not looked through between two pages
    print(json.dumps(list(pages)), file=answers, flush=True)
    for line in sys.stdin:
        verb, name = json.loads(line)
        if verb == "facts":
            answer = {"memory_mb": memory_mb(), "database": database_words()}
        else:
            answer = {"first": asked_first, "again": asked_in_turn}[verb](*pages[name])
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
