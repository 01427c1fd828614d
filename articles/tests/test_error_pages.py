"""The pages for an address that is none, and for a site that has a problem."""

import pytest
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client

from articles import views
from articles.tests.reading import MINUTE, read, texts
from articles.tests.stories import NOON, published

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/2025/06/02/iomed-hong-kong/", "iomed hong kong"),
        ("/tags/iomed/feed.xml", "iomed"),
        ("/2025/06/09/apr%C3%A8s_la-pluie/reply/", "après la pluie"),
        ("/bridge/bridge/", "bridge"),
        ("/1234/", ""),
        ("/%22%3E%3Cscript%3E/", "script"),
        (f"/{'word-' * 60}/", "word"),
        (f"/{'w' * 300}/", "w" * 100),
    ],
)
def test_the_search_box_holds_the_words_of_the_address(client, address, words):
    tree = read(client, address, status=404)
    assert texts(tree, "//main//input[@name='q']/@value") == [words]
    assert texts(tree, "//main//form/@action") == ["/search/"]


def test_the_page_shows_the_latest_stories_and_is_kept_out_of_search_engines(client):
    for number in range(5):
        published(f"Story {number}", at=NOON + number * MINUTE)
    tree = read(client, "/nowhere/", status=404)
    assert texts(tree, "//main//article/h3") == ["Story 4", "Story 3", "Story 2"]
    assert texts(tree, "//meta[@name='robots']/@content") == ["noindex"]
    assert texts(tree, "//link[@rel='canonical']") == []
    assert texts(tree, "//title") == ["Page not found | Newsroom"]


def test_a_site_without_stories_has_the_page_without_their_block(client):
    assert texts(read(client, "/nowhere/", status=404), "//section") == []


def test_posting_to_an_address_that_is_none_answers_the_same_page(client):
    response = client.post("/nowhere/")
    assert response.status_code == 404
    assert b"Page not found" in response.content


def test_an_address_that_is_none_costs_two_queries(client, bridge, count_queries):
    assert count_queries("/nowhere/", status=404) == 2


def test_without_a_database_the_page_comes_without_its_lists(client, bridge):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("no database")

    with connection.execute_wrapper(refuse):
        tree = read(client, "/bridge/", status=404)
    assert texts(tree, "//h1") == ["Page not found"]
    assert texts(tree, "//main//input/@value") == ["bridge"]
    assert texts(tree, "//nav[@aria-label='Sections']") == []
    assert texts(tree, "//main//article") == []


def test_a_failure_is_told_on_a_page_that_needs_neither_database_nor_settings(bridge, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(views, "front_page", fail)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Sorry, there is a problem with the site" in page
    assert "Try again later." in page
    assert "secret" not in page
    assert page == render_to_string("500.html")


def test_the_page_of_a_failure_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        render_to_string("500.html")
