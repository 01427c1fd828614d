"""What uses a name of the desk's: counted in its list, one click away, and the names that nothing uses."""

import pytest
from django.urls import reverse
from lxml import html

from articles import publishing
from articles.admin import uses
from articles.models import Author, Coverage, Section, Source, Tag
from articles.tests.reading import texts
from articles.tests.stories import author, published, section, source, write

pytestmark = pytest.mark.django_db
LISTS = ["section", "coverage", "author", "source", "tag"]


@pytest.fixture
def stories():
    """Two stories that use one of each kind; each kind has one more that nothing uses."""
    coverage = Coverage.objects.create(name="Used", slug="used")
    filed = {"section": section("Used"), "coverage": coverage, "tags": ["Used"], "bylines": [author("Used")],
             "sources": [source("Used")]}  # fmt: skip
    for model in (Section, Coverage, Author):
        model.objects.create(name="Idle", slug="idle")
    Source.objects.create(title="Idle", slug="idle")
    Tag.objects.create(name="Idle")
    return [write(headline, **filed) for headline in ("One", "Two")]


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return html.document_fromstring(response.content.decode())


def listed(client, name, query=""):
    """{name: what its list says uses it}, as text."""
    tree = page(client, reverse(f"admin:articles_{name}_changelist") + query)
    rows = tree.xpath("//table[@id='result_list']/tbody/tr")
    return {texts(row, "./th")[0]: texts(row, "./td[@class='field-used_by']")[0] for row in rows}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_how_many_stories_use_each_and_leads_to_them(desk_client, stories, name):
    write("Another", section=section("Elsewhere"))
    assert listed(desk_client, name) | {"Elsewhere": "1 story"} == {
        "Used": "2 stories", "Idle": "—", "Elsewhere": "1 story"
    }  # fmt: skip
    tree = page(desk_client, reverse(f"admin:articles_{name}_changelist"))
    [link] = tree.xpath("//td[@class='field-used_by']/a[starts-with(., '2 ')]/@href")
    found = page(desk_client, link)
    assert sorted(texts(found, "//table[@id='result_list']//th")[-2:]) == ["One", "Two"]


@pytest.mark.parametrize("name", LISTS)
def test_what_nothing_uses_can_be_listed(desk_client, stories, name):
    assert set(listed(desk_client, name, "?use=unused")) == {"Idle"}
    assert set(listed(desk_client, name, "?use=used")) == {"Used"}
    assert set(listed(desk_client, name, "?use=nonsense")) == {"Used", "Idle"}


def test_what_readers_have_had_is_in_use_although_no_working_copy_has_it(desk_client, editor):
    story = published("One", tags=["bridge"]).article
    story.tags.clear()
    assert set(listed(desk_client, "tag", "?use=used")) == {"bridge"}
    assert listed(desk_client, "tag") == {"bridge": "—"}
    publishing.withdraw(story, by=editor, reason="A doubt.")
    assert listed(desk_client, "tag", "?use=unused") == {}


def test_stories_are_counted_up_to_a_bound(desk_client, monkeypatch):
    monkeypatch.setattr(uses, "COUNTED_UP_TO", 1)
    for number in range(3):
        write(f"Story {number}", tags=["bridge"])
    assert listed(desk_client, "tag") == {"bridge": "More than 1 stories"}


@pytest.mark.parametrize("parameter", ["coverage", "author", "source"])
@pytest.mark.parametrize("key", ["0", "999999", "x", "٣", "9" * 40])
def test_a_list_of_the_stories_of_nobody_is_the_whole_list(desk_client, stories, parameter, key):
    tree = page(desk_client, f"{reverse('admin:articles_article_changelist')}?{parameter}={key}")
    assert len(tree.xpath("//table[@id='result_list']/tbody/tr")) == 2


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_however_many_names_it_has(
    desk_client, stories, django_assert_num_queries, name
):
    address = reverse(f"admin:articles_{name}_changelist")
    for number in range(20):
        tags = [f"tag {number}"]
        write(
            f"Story {number}",
            section=section(f"Section {number}"),
            tags=tags,
            sources=[source(f"S {number}")],
        )
        Coverage.objects.create(name=f"Coverage {number}", slug=f"c-{number}")
        author(f"Author {number}")
    with django_assert_num_queries(6):  # session, person, rights, two counts, the rows
        desk_client.get(address)
