"""Prepared queries: asked with other values each time, worked out once."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Edition, Section
from articles.models.edition import Change
from articles.models.prepared import Prepared
from articles.tests.stories import NOON, published, rewrite
from articles.tests.stories import section as a_section

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def test_it_gives_what_the_queryset_gives_for_other_values_each_time():
    asked = Prepared(lambda *, at, path: Edition.objects.live(at=at).filter(path=path).as_cards())
    first, second = published("One", tags=["a"]), published("Two", at=NOON + HOUR)
    for edition, at in ((first, NOON), (second, NOON), (second, NOON + HOUR), (first, NOON - HOUR)):
        queryset = Edition.objects.live(at=at).filter(path=edition.path).as_cards()
        found = asked.records(at=at, path=edition.path)
        assert found == list(queryset)
        assert [(each.published_at, each.tags, each.section) for each in found] == [
            (each.published_at, each.tags, each.section) for each in queryset
        ]


def test_rows_are_as_the_database_writes_them_and_equal_where_nothing_has_changed():
    asked = Prepared(lambda *, at: Edition.objects.live(at=at).with_tags().values_list("pk", "tag_rows_json"))
    edition = published("One", tags=["a"])
    (row,) = asked.rows(at=NOON)
    assert row[0] == edition.pk
    assert isinstance(row[1], str)
    assert asked.rows(at=NOON + HOUR) == [row]


@pytest.mark.parametrize("words", ["it's", '"quoted"', "100 %", "%s", "%(at)s", ":at", "a\\b", "Жук 🪲"])
def test_words_that_stay_the_same_are_asked_for_as_they_are(words):
    edition = published(words)
    published("Another")
    asked = Prepared(lambda *, at: Edition.objects.live(at=at).filter(headline=words))
    assert asked.records(at=NOON) == [edition]
    with CaptureQueriesContext(connection):  # through Django's own cursor
        assert asked.records(at=NOON) == [edition]


@pytest.mark.parametrize("is_open", [True, False])
def test_a_constant_may_be_a_truth_value(is_open):
    edition = published("One")
    Article.objects.filter(pk=edition.article_id).update(is_open_to_comments=is_open)
    asked = Prepared(lambda *, pk: Article.objects.filter(pk=pk, is_open_to_comments=True))
    assert asked.records(pk=edition.article_id) == ([edition.article] if is_open else [])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Another database keeps its plan.")
def test_what_stays_the_same_is_no_parameter_since_sqlite_would_prepare_the_statement_anew_each_time():
    asked = Prepared(lambda *, at: Edition.objects.live(at=at).filter(change=Change.CORRECTION))
    assert asked.rows(at=NOON) == []
    (query,) = asked._worked_out.values()
    assert (query.constants, set(query.given)) == ({}, {"at"})


def test_a_broken_transaction_is_told_as_any_other_query_tells_it():
    asked = Prepared(lambda *, at: Edition.objects.live(at=at))
    asked.rows(at=NOON)
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            asked.rows(at=NOON)


def test_it_is_worked_out_once_for_each_combination_of_missing_values():
    built = []

    def build(*, section, at):
        built.append(section)
        editions = Edition.objects.live(at=at)
        return editions.filter(section=section) if section is not None else editions

    asked = Prepared(build)
    edition = published("One")
    other = a_section("Other")
    assert asked.records(section=edition.section_id, at=NOON) == [edition]
    assert asked.records(section=other.pk, at=NOON) == []
    assert asked.records(section=None, at=NOON) == [edition]
    assert asked.records(section=None, at=NOON - HOUR) == []
    assert len(built) == 4  # twice each


def test_a_row_that_was_read_before_gives_the_same_record_and_a_changed_one_another():
    asked = Prepared(lambda: Section.objects.order_by("pk"))
    section = a_section("World")
    (before,), (again,) = asked.records(), asked.records()
    assert again is before
    section.name = "Worlds"
    section.save()
    (after,) = asked.records()
    assert (before.name, after.name) == ("World", "Worlds")
    assert after.read_as != before.read_as


def test_records_of_two_queries_are_known_apart_where_their_rows_are_equal():
    a_section("World")
    (one,), (other,) = (Prepared(lambda: Section.objects.order_by("pk")).records() for _each in range(2))
    assert one.read_as != other.read_as


@pytest.mark.parametrize(
    "build",
    [
        lambda *, at: Edition.objects.live(at=at - HOUR),
        lambda *, at: Edition.objects.live(at=at).filter(live_from__year=at.year),
        lambda *, at: Edition.objects.filter(live_from__lte=at)[: at.day],
        lambda *, at: Edition.objects.all(),
    ],
    ids=["reckons", "looks", "counts", "drops"],
)
def test_a_query_that_does_anything_but_hand_on_its_values_is_refused(build):
    with pytest.raises(
        ValueError, match=r"^A prepared query hands every value on as it is, and depends on nothing"
    ):
        Prepared(build).records(at=NOON)


def test_it_asks_the_database_anew_each_time():
    asked = Prepared(lambda *, at: Edition.objects.live(at=at))
    edition = published("One")
    asked.records(at=NOON)
    rewrite(edition.article, headline="Two")
    with CaptureQueriesContext(connection) as queries:
        assert [each.headline for each in asked.records(at=NOON)] == ["One"]
    assert len(queries) == 1
