"""The site as it was, at the desk: the front page, a section, a tag or a story at a moment that is chosen."""

import pytest
import time_machine
from lxml import html

from articles import publishing
from articles.models import Edition, TagAlias
from articles.tests import desk
from articles.tests.reading import MINUTE, NOW, texts
from articles.tests.stories import NOON, published, rewrite, section, write

pytestmark = pytest.mark.django_db
AT = "2025-06-09T14:10"
THEN = NOON + 10 * MINUTE
NOTHING = "Nothing of it that was on the site then can be read today. Choose another moment."


@pytest.fixture
def look(client, reporter):
    """A function that opens the page, asked as the reporter may ask it."""
    client.force_login(reporter)

    def asked(**query):
        with time_machine.travel(NOW, tick=False):
            response = client.get(desk.address("past"), query)
        assert response.status_code == 200
        return html.document_fromstring(response.content.decode())

    return asked


def listed(tree):
    return texts(tree, "//div[@class='ask']//li/a")


def errors(tree):
    return texts(tree, "//ul[@class='errorlist']/li")


@pytest.fixture
def stories(db):
    """Two stories that were there then, one of them rewritten since; one that came later; one of another section."""
    first = published("First", tags=["span"])
    published("Second", at=NOON + MINUTE, tags=["span", "arch"])
    published("Elsewhere", at=NOON + 2 * MINUTE, section=section("Europe"))
    published("Later", at=THEN + MINUTE, tags=["span"])
    return first


def test_it_opens_with_a_date_picker_and_no_list(look):
    tree = look()
    [field] = tree.xpath("//input[@name='at']")
    assert (field.get("type"), field.get("value")) == ("datetime-local", "2025-06-09T14:00")
    assert listed(tree) == []
    assert errors(tree) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"what": "front"}, ["Elsewhere", "Second", "First", "Elsewhere", "Second", "First"]),
        ({"what": "section", "section": "World"}, ["Second", "First"]),
        ({"what": "section", "section": "Europe"}, ["Elsewhere"]),
        ({"what": "tag", "tag": "span"}, ["Second", "First"]),
        ({"what": "tag", "tag": "#Span"}, ["Second", "First"]),
        ({"what": "tag", "tag": "truss"}, ["Second"]),
        ({"what": "story", "story": "/2025/06/09/first/"}, ["First"]),
        ({"what": "story", "story": "https://news.example/2025/06/09/first?at=x#y"}, ["First"]),
        ({"what": "story", "story": "/2025/06/09/later/"}, []),
        ({"what": "story", "story": "/2025/06/09/never/"}, []),
    ],
)
def test_it_lists_what_was_there_then(look, editor, stories, query, found):
    arch = stories.tag_rows.model.objects.get(tag__slug="arch").tag
    TagAlias.objects.create(name="truss", tag=arch)
    rewrite(stories.article, headline="First, later")
    publishing.publish(stories.article, by=editor, now=THEN + MINUTE)
    query = {name: section(value).pk if name == "section" else value for name, value in query.items()}
    tree = look(at=AT, **query)
    assert errors(tree) == []
    assert listed(tree) == found
    assert (NOTHING in texts(tree, "//div[@class='ask']")[0]) == (not found)
    assert all(href.endswith(f"?at={AT}") for href in tree.xpath("//div[@class='ask']//li/a/@href"))
    assert tree.xpath("//div[@class='bar']/a/@href") == [f"/?at={AT}"]


def test_a_story_is_found_by_its_address_of_later(look, editor, stories):
    rewrite(stories.article, slug="renamed")
    publishing.publish(stories.article, by=editor, now=THEN + MINUTE)
    tree = look(at=AT, what="story", story="/2025/06/09/renamed/")
    assert tree.xpath("//div[@class='ask']//li/a/@href") == [f"/2025/06/09/first/?at={AT}"]


@pytest.mark.parametrize("query", [{"what": "front"}, {"what": "tag", "tag": "span"}, {"what": "section"}])
@pytest.mark.parametrize("kind", ["withdrawn", "redacted", "draft"])
def test_the_desk_too_is_not_shown_what_readers_may_not_see(look, editor, query, kind):
    published("Kept", tags=["span"])
    article = write("Secretword", tags=["span"])
    if kind != "draft":
        edition = publishing.publish(article, by=editor, now=NOON)
    if kind == "withdrawn":
        publishing.withdraw(article, by=editor, reason="A doubt.", now=THEN + MINUTE)
    elif kind == "redacted":
        rewrite(article, headline="Other words")
        publishing.publish(article, by=editor, now=THEN + MINUTE)
        Edition.objects.filter(pk=edition.pk).redact(by=editor, at=THEN + MINUTE)
    query |= {"section": section().pk} if query["what"] == "section" else {}
    found = listed(look(at=AT, **query))
    assert set(found) == {"Kept"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"at": ""}, "Choose a day and a time."),
        ({"at": "yesterday"}, "That is no day and time. Choose one, or write it as 2025-06-03T10:00."),
        ({"at": "2025-06-10T14:01"}, "That moment has not come yet. Choose one in the past."),
        ({"what": "section"}, "Choose a section."),
        ({"what": "section", "section": "x"}, "Select a valid choice. That choice is not one of"),
        ({"what": "tag"}, "Enter a tag."),
        ({"what": "tag", "tag": "nothing"}, "No tag has this name. Choose one that is suggested."),
        ({"what": "story"}, "Enter the address of the story."),
        ({"what": "story", "story": "http://["}, "This is no address. Copy it from the browser once more."),
        ({"what": "story", "story": "/%00/"}, "This is no address. Copy it from the browser once more."),
        ({"what": "cellar"}, "Select a valid choice. cellar is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_a_sentence(look, query, sentence):
    tree = look(**{"at": AT, "what": "front"} | query)
    assert sentence in " ".join(errors(tree))
    assert texts(tree, "//p[@class='errornote']") == [
        "There is nothing to show yet. See below what to do first."
    ]


@pytest.mark.parametrize("address", ["//", "?", "é" * 500, "/%ff/"])
def test_no_address_breaks_it(look, address):
    assert listed(look(at=AT, what="story", story=address)) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("reporter", 200), ("editor", 200), ("administrator", 200), ("moderator", 403), ("outsider", 403)],
)
def test_it_is_for_whoever_may_look_at_stories(client, request, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(desk.address("past")).status_code == status


def test_it_costs_the_same_however_many_stories_there_were(look, stories, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        look(at=AT, what="front")
    with django_assert_max_num_queries(10):
        look(at=AT, what="tag", tag="span")
