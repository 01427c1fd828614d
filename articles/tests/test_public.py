"""Readers' pages are the same bytes for everybody, and say how they may be kept."""

import pytest
import time_machine
from django.contrib.auth import middleware
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import RequestFactory

from articles.public import public
from articles.tests.reading import NOW, fetch
from articles.tests.stories import person

pytestmark = pytest.mark.django_db
PAGES = {
    "/": 200, "/2025/06/09/bridge/": 200, "/archive/": 200, "/archive/2025/06/": 200, "/sections/world/": 200,
    "/tags/span/": 200, "/authors/newsroom-desk/": 200, "/sources/report/": 200, "/coverage/bridges/": 200,
    "/corrections/": 200, "/about/": 200, "/no/such/page/": 404,
}  # fmt: skip


class Tripped(Exception):
    pass


@pytest.fixture
def tripwires(monkeypatch):
    """Whoever reads the session, the user or the messages of a request fails."""

    def trip(*args, **kwargs):
        raise Tripped

    monkeypatch.setattr(middleware, "get_user", trip)
    monkeypatch.setattr(SessionBase, "_get_session", trip)
    monkeypatch.setattr(SessionBase, "_session", property(trip))
    monkeypatch.setattr(BaseStorage, "_loaded_messages", property(trip))
    monkeypatch.setattr(BaseStorage, "__len__", trip)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_reads_session_user_or_messages(client, bridge, tripwires, address):
    client.cookies["desk_session"] = "somebody"
    fetch(client, address, status=PAGES[address])


def test_the_tripwires_trip(client, bridge, tripwires):
    with pytest.raises(Tripped):
        client.get("/admin/")


@pytest.mark.parametrize("address", PAGES)
def test_staff_get_the_bytes_that_everybody_gets(client, bridge, address):
    everybody = fetch(client, address, status=PAGES[address])
    client.force_login(person("administrator", "Administrators"))
    staff = fetch(client, address, status=PAGES[address])
    assert staff.content == everybody.content
    assert staff.headers == everybody.headers
    assert not staff.cookies


@pytest.mark.parametrize("address", PAGES)
def test_a_page_may_be_kept_by_whoever_asks_again_first(client, bridge, address):
    response = fetch(client, address, status=PAGES[address])
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["ETag"]
    assert "Cookie" not in response.headers.get("Vary", "")
    assert not response.cookies


@pytest.mark.parametrize("address", [address for address, status in PAGES.items() if status == 200])
def test_a_page_that_has_not_changed_is_not_sent_again(client, bridge, address):
    with time_machine.travel(NOW, tick=False):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 405), ("PUT", 405)])
def test_a_public_view_answers_readers_only(method, status):
    @public
    def view(request):
        return HttpResponse("Words")

    assert view(RequestFactory().generic(method, "/")).status_code == status
    assert view.csrf_exempt
