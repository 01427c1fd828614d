"""What the address of a story answers at each moment of its life, and what the other addresses answer."""

from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import publishing
from articles.models import Withdrawal
from articles.tests.reading import MINUTE, NOW, fetch, read, texts
from articles.tests.stories import NOON, published, rewrite, write

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/bridge/"
WITHDRAWN_AT = NOON + MINUTE


@pytest.fixture
def withdrawn(editor):
    edition = published("Bridge", tags=["span"])
    publishing.withdraw(edition.article, by=editor, reason="It <was> wrong.", now=WITHDRAWN_AT)
    return edition


def test_a_live_story_answers_at_its_address_from_its_second_on(client):
    published("Bridge")
    fetch(client, STORY, at=NOON)
    fetch(client, STORY, at=NOON - MINUTE, status=404)


def test_a_story_that_moved_sends_readers_on_for_good(client, editor):
    first = published("Bridge")
    rewrite(first.article, slug="bridge reopens")
    publishing.publish(first.article, by=editor, now=NOON + MINUTE)
    response = fetch(client, f"{STORY}?utm_source=mail", status=301)
    assert response.headers["Location"] == "/2025/06/09/bridge-reopens/"
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_an_address_that_is_planned_for_a_live_story_tells_nothing_yet(client, editor):
    first = published("Bridge")
    rewrite(first.article, slug="secret")
    publishing.schedule(first.article, at=NOW + MINUTE, by=editor, now=NOON + MINUTE)
    fetch(client, "/2025/06/09/secret/", status=404)
    fetch(client, STORY)
    assert fetch(client, STORY, at=NOW + MINUTE, status=301).headers["Location"] == "/2025/06/09/secret/"


def test_a_withdrawn_story_leaves_a_notice_with_its_day_and_reason_and_no_word_of_itself(client, withdrawn):
    response = fetch(client, STORY, status=410)
    page = response.content.decode()
    assert "This article was withdrawn on <time" in page
    assert ">9 June 2025</time>" in page
    assert "It &lt;was&gt; wrong." in page
    assert "bridge" not in page.lower()
    assert "span" not in texts(read(client, STORY, status=410), "//main")[0]
    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_every_old_address_of_a_withdrawn_story_is_gone(client, editor):
    first = published("Bridge")
    rewrite(first.article, slug="bridge reopens")
    publishing.publish(first.article, by=editor, now=NOON + MINUTE)
    publishing.withdraw(first.article, by=editor, reason="A doubt.", now=NOON + 2 * MINUTE)
    for path in (STORY, "/2025/06/09/bridge-reopens/"):
        assert "A doubt." in fetch(client, path, status=410).content.decode()


def test_a_story_withdrawn_twice_gives_the_latest_reason_and_one_published_again_none(
    client, editor, withdrawn
):
    publishing.publish(withdrawn.article, by=editor, now=NOON + 2 * MINUTE)
    fetch(client, STORY)
    publishing.withdraw(withdrawn.article, by=editor, reason="Once more.", now=NOON + 3 * MINUTE)
    assert "Once more." in fetch(client, STORY, status=410).content.decode()
    assert "It &lt;was&gt; wrong." in fetch(client, STORY, at=WITHDRAWN_AT, status=410).content.decode()
    assert Withdrawal.objects.count() == 2


@pytest.mark.parametrize("kind", ["draft", "scheduled", "cancelled"])
def test_a_story_that_never_went_live_answers_byte_for_byte_like_one_that_never_was(client, editor, kind):
    published("Elsewhere")
    never = fetch(client, STORY, status=404)
    article = write("Bridge", slug="bridge", tags=["span"])
    if kind != "draft":
        plan = publishing.schedule(article, at=NOW + MINUTE, by=editor, now=NOON)
        assert plan.path.endswith("/bridge/")
    if kind == "cancelled":
        publishing.cancel_schedule(article, by=editor, now=NOON + MINUTE)
    answer = fetch(client, STORY, status=404)
    assert answer.content == never.content
    assert answer.headers == never.headers


@pytest.mark.parametrize(
    "headline", ["Dissolution : un an après", "香港國際調解院", "Ελλάδα και Τουρκία", "Мост открыт"]
)
def test_addresses_take_letters_of_any_script(client, headline):
    edition = published(headline)
    for address in (edition.get_absolute_url(), quote(edition.path)):
        assert texts(read(client, address), "//h1") == [headline]


@pytest.mark.parametrize("address", ["/2025/06/09/bridge", "/tags/span", "/about", "/archive/2025/06"])
def test_an_address_without_its_last_slash_leads_to_the_one_with_it(client, address):
    published("Bridge", tags=["span"])
    assert fetch(client, address, status=301).headers["Location"] == f"{address}/"


@pytest.mark.parametrize(
    "address",
    [
        "/2025/6/9/bridge/", "/2025/13/09/bridge/", "/2025/06/32/bridge/", "/0000/06/09/bridge/",
        "/٢٠٢٥/06/09/bridge/", "/2025/06/10/bridge/", "/2025/06/09/", "/2025/06/09/bridge/x/",
        "/2025/06/09/bridge%00/", "/2025/06/09/%ff%fe/", f"/2025/06/09/{'b' * 1000}/", "/BRIDGE/",
        "/archive/2025/00/", "/archive/0000/01/", "/archive/9999/12/", "/archive/2025/",
        "/sections/nowhere/", "/tags/nothing/", "/authors/nobody/", "/sources/none/", "/coverage/none/",
        "/tags/", "/favicon.ico", "/index.php", "/.env", "/%2e%2e/manage.py",
    ],
)  # fmt: skip
def test_what_is_no_address_answers_the_one_404(client, address):
    published("Bridge")
    assert texts(read(client, address, status=404), "//h1") == ["Page not found"]


PUBLIC = [
    "/", STORY, "/archive/", "/archive/2025/06/", "/sections/world/", "/tags/span/",
    "/authors/newsroom-desk/", "/sources/report/", "/coverage/bridges/", "/corrections/", "/about/",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_only_get_and_head_are_answered(client, bridge, address):
    with time_machine.travel(NOW, tick=False):
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Cache-Control"] == "public, no-cache"
        for method in ("post", "put", "patch", "delete", "options"):
            assert getattr(client, method)(address).status_code == 405, method


@pytest.mark.parametrize("address", PUBLIC)
def test_unknown_parameters_change_nothing(client, bridge, address):
    plain = fetch(client, address)
    asked = fetch(client, f"{address}?utm_source=mail&after=x&page=2&%22%3E%3Cscript%3E=1")
    assert asked.content == plain.content
    assert asked.headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize(
    ("address", "status", "most"), [(STORY, 410, 5), ("/2025/06/09/never/", 404, 6), ("/x", 404, 3)]
)
def test_addresses_without_a_page_cost_few_queries(client, withdrawn, address, status, most):
    fetch(client, address, status=status)
    with CaptureQueriesContext(connection) as queries:
        fetch(client, address, status=status)
    assert len(queries) <= most
