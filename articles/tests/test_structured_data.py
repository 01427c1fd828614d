"""What search engines read of a story is true, whole, and cannot end the element it stands in."""

import json
import re

import pytest
from django.template import Context, Template

from articles import publishing
from articles.models import Article, Author, Edition
from articles.structured_data import news_article
from articles.tests.stories import NOON, author, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
SITE = "https://news.example"


def data_of(edition):
    edition = Edition.objects.with_tags().get(pk=edition.pk)
    return news_article(edition, site_url=SITE, site_name="Newsroom")


def printed(edition):
    """The element with two comments, as a page ends it."""
    template = Template(
        '{% load structured_data %}{% news_article_json edition %}, "commentCount": 2}</script>'
    )
    edition = Edition.objects.with_tags().get(pk=edition.pk)
    return template.render(Context({"edition": edition}))


def test_a_news_article_says_all_that_the_page_says():
    sources = [
        source("Legco approves funding", publisher="South China Morning Post", url="https://scmp.example/1"),
        source("Un rapport", language="fr"),
    ]
    edition = published(
        "China’s shift", tags=["china", "hong kong"], bylines=[author("Ana Lee")], sources=sources,
        section=section("Europe"), standfirst="A new body.",
    )  # fmt: skip
    address = f"{SITE}/2025/06/09/chinas-shift/"
    publisher = {"@type": "Organization", "name": "Newsroom", "url": f"{SITE}/"}
    assert data_of(edition) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": address,
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "headline": "China’s shift",
        "description": "A new body.",
        "datePublished": "2025-06-09T12:00:00+00:00",
        "dateModified": "2025-06-09T12:00:00+00:00",
        "author": [{"@type": "Person", "name": "Ana Lee", "url": f"{SITE}/authors/ana-lee/"}],
        "articleSection": "Europe",
        "keywords": ["china", "hong kong"],
        "inLanguage": "en",
        "citation": [
            {
                "@type": "CreativeWork",
                "name": "Legco approves funding",
                "publisher": {"@type": "Organization", "name": "South China Morning Post"},
                "url": "https://scmp.example/1",
            },
            {"@type": "CreativeWork", "name": "Un rapport", "inLanguage": "fr"},
        ],
        "isAccessibleForFree": True,
        "publisher": publisher,
    }


def test_a_headline_alone_is_a_whole_article_by_the_site():
    data = data_of(published("Only a headline", body="", is_cut=True))
    assert data["author"] == [data["publisher"]]
    assert not {"description", "keywords", "citation", "contributor"} & data.keys()


def test_who_did_something_else_than_write_is_a_contributor():
    article = write("Story", bylines=[author("Ana Lee"), author("Bo Chen")])
    article.bylines.filter(author__name="Bo Chen").update(role="translated by")
    data = data_of(publishing.publish(article, by=article.created_by, now=NOON))
    assert [person["name"] for person in data["author"]] == ["Ana Lee"]
    assert [person["name"] for person in data["contributor"]] == ["Bo Chen"]


def test_the_description_of_a_text_that_stops_short_ends_with_a_whole_word():
    edition = published("Captured", body=f"<p>{'word ' * 30}bro</p>", is_cut=True)
    assert re.fullmatch(r"(word )+word…", data_of(edition)["description"])


@pytest.mark.parametrize(
    ("change", "modified"), [("minor", "2025-06-09T12:00:00+00:00"), ("update", "2025-06-10T12:00:00+00:00")]
)
def test_only_a_change_of_substance_modifies_a_story(editor, change, modified):
    article = published("Story").article
    rewrite(article, headline="A story")
    edition = publishing.publish(article, by=editor, change=change, now=NOON.replace(day=10))
    assert data_of(edition)["dateModified"] == modified
    assert data_of(edition)["datePublished"] == "2025-06-09T12:00:00+00:00"


@pytest.mark.parametrize(
    "word", ["</script><script>alert(1)</script>", "<!-- <script>", "a & b &lt;", "\u2028", 'q"uo\\te', "]]>"]
)
def test_nothing_in_a_story_can_end_the_element_or_change_its_words(word):
    article = write("x", bylines=[author("Ana")], tags=["tag"], sources=[source("Report")])
    Article.objects.filter(pk=article.pk).update(headline=f"{word} headline", standfirst=f"{word} standfirst")
    Author.objects.update(name=f"{word} name")
    element = printed(publishing.publish(article, by=article.created_by, now=NOON))
    found = re.fullmatch(r'<script type="application/ld\+json">([^<>&\u2028]*)</script>', element)
    data = json.loads(found[1])
    expected = re.sub(r"\s+", " ", f"{word} headline").strip()
    assert (data["headline"], data["commentCount"]) == (expected, 2)
    assert data["author"][0]["name"] == f"{word} name"


def test_the_page_of_a_story_carries_it(client, settings):
    settings.SITE_URL = SITE
    edition = published("Story")
    content = client.get(edition.get_absolute_url()).content.decode()
    [text] = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', content)
    data = json.loads(text)
    assert data["@id"] == f"{SITE}/2025/06/09/story/"
    assert data["commentCount"] == 0
