"""Pictures where readers meet them: the story's page, the front page, feeds, and what machines are told."""

import datetime as dt
import json

import pytest
from lxml import etree

from articles import publishing
from articles.models import Edition, EditionImage
from articles.tests.photographs import figure, stored
from articles.tests.reading import NOW, fetch, read, texts
from articles.tests.stories import NOON, person, published, rewrite, write

pytestmark = pytest.mark.django_db

HERO = "//figure[@class='hero']"
SECOND = dt.timedelta(seconds=1)
HOSTILE = '"><script>alert(1)</script>&'


@pytest.fixture
def image():
    return stored(
        alt="A bridge over a river", caption="The bridge in May.", credit="Photo: Ana", width=1000, height=500,
        has_renditions=True,
    )  # fmt: skip


@pytest.fixture
def other():
    return stored(alt="A map", caption="", credit="Map: City", width=300, height=600, has_renditions=True)


def page_of(client, edition, **options):
    return read(client, edition.get_absolute_url(), **options)


# What an edition keeps


def test_an_edition_keeps_the_words_of_its_pictures_as_they_were(image, other):
    edition = published("Bridge", image=image, body=f"<p>One.</p>{figure(other)}<p>Two.</p>{figure(image)}")
    words = {"alt": "A bridge over a river", "caption": "The bridge in May.", "credit": "Photo: Ana"}
    assert edition.picture == words
    assert edition.pictures == {
        str(other.uid): {"alt": "A map", "caption": "", "credit": "Map: City"}, str(image.uid): words,
    }  # fmt: skip
    rows = EditionImage.objects.filter(edition=edition).order_by("position")
    assert [(row.image, row.position) for row in rows] == [(image, 0), (other, 1)]


def test_an_edition_without_pictures_keeps_none():
    edition = published("Bridge")
    assert (edition.picture, edition.pictures, EditionImage.objects.count()) == (None, {}, 0)


@pytest.mark.parametrize("where", ["lead", "body"])
def test_other_words_of_a_picture_are_unpublished_changes(image, where):
    fields = {"image": image} if where == "lead" else {"body": f"<p>One.</p>{figure(image)}"}
    article = write("Bridge", **fields)
    before = article.working_fingerprint()
    image.credit = "Photo: Ben"
    image.save()
    article.refresh_from_db()
    assert article.working_fingerprint() != before


def test_a_redacted_version_keeps_no_words_of_its_pictures(image):
    edition = published("Bridge", image=image, body=f"<p>One.</p>{figure(image)}")
    editor = person("editor", "Editors")
    publishing.publish(rewrite(edition.article, image=None, body="<p>Two.</p>"), by=editor, now=NOON + SECOND)
    Edition.objects.filter(pk=edition.pk).redact(by=editor, at=NOW)
    edition.refresh_from_db()
    assert (edition.picture, edition.pictures, edition.image, edition.image_rows.count()) == (
        None,
        {},
        None,
        0,
    )


# The page of a story


def test_the_lead_picture_stands_above_the_story(client, image):
    page = page_of(client, published("Bridge", image=image))
    [picture] = page.xpath(f"{HERO}/picture")
    [img] = picture.xpath(".//img")  # lxml knows no <source> without an end
    assert (img.get("alt"), img.get("width"), img.get("height")) == ("A bridge over a river", "1000", "500")
    assert [part.split()[1] for part in img.get("srcset").split(", ")] == ["400w", "800w", "1000w"]
    assert img.get("src") in img.get("srcset")
    [source] = picture.xpath(".//source[@type='image/webp']")
    assert [part.split()[1] for part in source.get("srcset").split(", ")] == ["400w", "800w", "1000w"]
    assert source.get("sizes") == img.get("sizes")
    assert texts(page, f"{HERO}/figcaption") == ["The bridge in May. Photo: Ana"]
    for address in [
        part.split()[0] for part in [*img.get("srcset").split(", "), *source.get("srcset").split(", ")]
    ]:
        list(fetch(client, address).streaming_content)


def test_until_there_are_renditions_the_original_is_served(client):
    image = stored()
    page = page_of(client, published("Bridge", image=image))
    [img] = page.xpath(f"{HERO}/picture//img")
    assert img.get("src") == image.file.url
    assert img.get("srcset") is None
    assert page.xpath(f"{HERO}//source") == []
    list(fetch(client, img.get("src")).streaming_content)


def test_pictures_stand_in_the_body_where_they_were_put(client, image, other):
    edition = published("Bridge", body=f"<p>One.</p>{figure(other)}<p>Two.</p>{figure(image)}")
    page = page_of(client, edition)
    assert [node.tag for node in page.xpath("//div[@class='prose']/*")] == ["p", "figure", "p", "figure"]
    assert texts(page, "//div[@class='prose']/figure//img/@alt") == ["A map", "A bridge over a river"]
    assert texts(page, "//div[@class='prose']/figure//img/@loading") == ["lazy", "lazy"]
    assert texts(page, "//div[@class='prose']/figure/figcaption") == [
        "Map: City",
        "The bridge in May. Photo: Ana",
    ]


def test_words_are_those_that_were_published(client, image):
    edition = published("Bridge", image=image, body=f"<p>One.</p>{figure(image)}")
    image.caption = image.credit = image.alt = "Changed since"
    image.save()
    assert "Changed since" not in fetch(client, edition.get_absolute_url()).text


def test_a_decorative_picture_has_an_empty_description_and_no_line_under_it(client):
    image = stored(is_decorative=True)
    page = page_of(client, published("Bridge", image=image, body=f"<p>One.</p>{figure(image)}"))
    assert texts(page, "//figure//img/@alt") == ["", ""]
    assert page.xpath("//figcaption") == []
    assert page.xpath("//meta[@property='og:image:alt']") == []


def test_hostile_words_are_escaped(client):
    image = stored(alt=HOSTILE, caption=HOSTILE, credit=HOSTILE)
    edition = published("Bridge", image=image, body=f"<p>One.</p>{figure(image)}")
    page = page_of(client, edition)
    assert texts(page, "//figure//img/@alt") == [HOSTILE, HOSTILE]
    assert texts(page, "//figcaption") == [f"{HOSTILE} {HOSTILE}"] * 2
    assert "alert" not in "".join(page.xpath("//script[not(@type)]/text()"))
    assert texts(page, "//meta[@property='og:image:alt']/@content") == [HOSTILE]
    feed = etree.fromstring(fetch(client, "/feed.xml").content)
    [content] = feed.xpath("//*[local-name()='content']/text()")
    assert "<script" not in content


@pytest.mark.parametrize(
    ("focal", "classes"),
    [
        ((50, 50), None),
        ((0, 100), "fx0 fy10"),
        ((33, 50), "fx3 fy5"),
        ((54, 46), None),
        ((100, 4), "fx10 fy0"),
    ],
)
def test_the_focal_point_is_told_to_the_stylesheet(client, focal, classes):
    image = stored(focal_x=focal[0], focal_y=focal[1])
    page = page_of(client, published("Bridge", image=image))
    assert page.xpath(f"{HERO}//img")[0].get("class") == classes


def test_captions_are_in_the_language_of_the_story(client, image):
    page = page_of(client, published("Pont", image=image, language="fr"))
    assert page.xpath(f"{HERO}/@lang") == ["fr"]


def test_an_expired_picture_leaves_every_page_at_its_second(client, image):
    end = image.rights_until = NOON + dt.timedelta(days=3)
    image.save()
    edition = published("Bridge", image=image, body=f"<p>One.</p>{figure(image)}<p>Two.</p>")
    name = "/media/images/"
    for address in (edition.get_absolute_url(), "/", "/feed.xml"):
        assert name in fetch(client, address, at=end - SECOND).text
        assert name not in fetch(client, address, at=end).text
    page = page_of(client, edition, at=end)
    assert page.xpath("//figure") == []
    assert texts(page, "//div[@class='prose']/p") == ["One.", "Two."]
    assert "Photo: Ana" not in fetch(client, edition.get_absolute_url(), at=end).text
    assert texts(page, "//meta[@name='twitter:card']/@content") == ["summary"]


def test_a_page_without_pictures_names_none(client):
    page = fetch(client, published("Bridge").get_absolute_url()).text
    assert not {"<picture", "<figure", "og:image", "/media/"} & set(page.split())
    assert "og:image" not in page
    assert "/media/" not in page


def test_pictures_cost_no_query_of_their_own(client, image, other, count_queries):
    plain = published("Plain", at=NOON - SECOND)
    full = published("Bridge", image=image, body=f"<p>One.</p>{figure(other)}{figure(image)}")
    assert count_queries(full.get_absolute_url()) == count_queries(plain.get_absolute_url())
    with_lead = count_queries("/")
    rewrite(full.article, image=None, body="<p>One.</p>")
    publishing.publish(full.article, by=person("editor", "Editors"), now=NOON + SECOND)
    assert count_queries("/") == with_lead


# The front page, feeds, machines


def test_the_lead_of_the_front_page_shows_its_picture_beside_its_headline(client, image):
    published("Earlier", at=NOON - SECOND)
    edition = published("Bridge", image=image)
    page = read(client, "/")
    [link] = page.xpath("//article[@class='lead']/figure/a")
    assert (link.get("href"), link.get("tabindex"), link.get("aria-hidden")) == (
        edition.get_absolute_url(), "-1", "true"
    )  # fmt: skip
    assert link.xpath("picture//img/@alt") == [""]  # the headline says it already
    assert len(page.xpath("//img")) == 1


def test_a_picture_of_the_body_alone_does_not_lead_the_front_page(client, image):
    published("Bridge", body=f"<p>One.</p>{figure(image)}")
    assert read(client, "/").xpath("//img") == []


def test_who_shares_a_story_shares_its_picture(client, image):
    page = page_of(client, published("Bridge", image=image))
    address = f"http://127.0.0.1:8000/media/{image.renditions.get(format='jpeg', width=1000).file.name}"
    told = {node.get("property"): node.get("content") for node in page.xpath("//meta[@property]")}
    assert told["og:image"] == address
    assert (told["og:image:width"], told["og:image:height"]) == ("1000", "500")
    assert told["og:image:alt"] == "A bridge over a river"
    assert texts(page, "//meta[@name='twitter:card']/@content") == ["summary_large_image"]
    data = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])
    assert data["image"] == {
        "@type": "ImageObject", "url": address, "width": 1000, "height": 500, "caption": "The bridge in May.",
        "creditText": "Photo: Ana",
    }  # fmt: skip


def test_a_feed_shows_pictures_by_absolute_addresses(client, image):
    published("Bridge", body=f'<p>One "<source ".</p>{figure(image)}')
    feed = etree.fromstring(fetch(client, "/feed.xml").content)
    [content] = feed.xpath("//*[local-name()='content']/text()")
    file = image.renditions.get(format="jpeg", width=1000).file.name
    assert f'<figure><img src="http://127.0.0.1:8000/media/{file}" width="1000" height="500"' in content
    assert "<figcaption>The bridge in May. " in content


def test_the_past_shows_what_may_be_shown_today(client, image):
    edition = published("Bridge", image=image, body=f"<p>One.</p>{figure(image)}")
    then = "?at=2025-06-09T15:00"
    for address in (edition.get_absolute_url(), "/"):
        assert "/media/images/" in fetch(client, address + then).text
    image.rights_until = NOW
    image.save()
    for address in (edition.get_absolute_url(), "/"):
        assert "/media/images/" not in fetch(client, address + then).text
