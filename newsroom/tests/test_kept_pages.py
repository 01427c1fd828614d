"""The pages that a process keeps: in so many bytes, and the least used given up first."""

import gzip
import random

import brotli
import pytest

from newsroom.kept_pages import OVERHEAD, Answer, Pages

ROOM = 100_000


def answer(size=1000, kind="text/html; charset=utf-8"):
    body = bytes(97 + number % 23 for number in range(size))
    return Answer("200 OK", [("Content-Type", kind), ("ETag", '"a"'), ("Content-Length", str(size))], body)


@pytest.fixture
def pages():
    return Pages(ROOM)


def test_what_is_kept_is_given_out(pages):
    kept = answer()
    pages.put("/", kept)
    assert pages.get("/") is kept
    assert pages.get("/other/") is None


def test_the_bytes_kept_stay_within_their_limit(pages):
    chance = random.Random(1)
    for number in range(3000):
        key = f"/{chance.randrange(200)}/"
        kept = pages.get(key)
        if kept and chance.random() < 0.5:
            kept.written(chance.choice(["br", "gzip"]))
            pages.resize(key, kept)
        else:
            pages.put(key, answer(chance.randrange(8000)))
        assert pages.size <= ROOM, number
    assert len(pages) > 5


def test_who_walks_through_every_page_pushes_out_none_that_readers_come_back_to(pages):
    pages.put("/", answer())
    pages.get("/")
    for number in range(5000):
        pages.put(f"/walked/{number}/", answer())
    assert pages.get("/")
    assert pages.size <= ROOM // 5 + OVERHEAD + 1000


def test_pages_that_are_all_asked_for_again_give_way_to_those_asked_for_later(pages):
    for number in range(100):
        pages.put(f"/{number}/", answer())
        pages.get(f"/{number}/")
    assert pages.get("/99/")
    assert not pages.get("/0/")


@pytest.mark.parametrize("is_established", [True, False])
def test_a_page_larger_than_a_fifth_of_the_room_is_not_kept(pages, is_established):
    if is_established:
        pages.put("/", answer())
        pages.get("/")
    pages.put("/", answer(ROOM // 5))
    assert pages.get("/") is None
    assert pages.size == 0


def test_what_is_compressed_counts_as_well(pages):
    kept = answer(4000)
    pages.put("/", kept)
    before = pages.size
    _headers, _short, body = kept.written("gzip")
    pages.resize("/", kept)
    assert pages.size == before + len(body)


def test_a_page_that_was_made_anew_meanwhile_is_not_dropped_for_the_old_one(pages):
    old, new = answer(), answer()
    pages.put("/", old)
    pages.put("/", new)
    pages.drop("/", old)
    assert pages.get("/") is new


def test_nothing_is_kept_without_room():
    pages = Pages(0)
    pages.put("/", answer())
    assert len(pages) == pages.size == 0


@pytest.mark.parametrize(
    ("encoding", "unpacked", "etag"),
    [("", bytes, '"a"'), ("gzip", gzip.decompress, 'W/"a"'), ("br", brotli.decompress, 'W/"a"')],
)
def test_each_encoding_says_the_same(encoding, unpacked, etag):
    headers, short, body = answer().written(encoding)
    told = dict(headers)
    assert unpacked(body) == answer().bodies[""][2]
    assert told.get("Content-Encoding", "") == encoding
    assert told["Content-Length"] == str(len(body))
    assert told["ETag"] == dict(short)["ETag"] == etag
    assert "Content-Type" not in dict(short)


@pytest.mark.parametrize(("size", "kind"), [(100, "text/html"), (1000, "image/png")])
def test_what_gains_nothing_is_not_compressed(size, kind):
    headers, _short, body = answer(size, kind).written("gzip")
    assert "Content-Encoding" not in dict(headers)
    assert len(body) == size
