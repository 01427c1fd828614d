"""Previews at the desk: the button that saves first, the desk's own page, and links that are made and revoked."""

import pytest
import time_machine
from django.conf import settings
from lxml import html

from articles import previews
from articles.models import Article, DeskLogLine, PreviewLink
from articles.models.article import Stage
from articles.tests import desk
from articles.tests.reading import MINUTE, NOW, texts
from articles.tests.stories import author, published, rewrite, write

pytestmark = pytest.mark.django_db
Action = DeskLogLine.Action
STRIP = "Draft: only you and the desk can see this. Back to the story"


@pytest.fixture
def story(reporter):
    return write("A bridge reopens", by=reporter, bylines=[author("Ana")], tags=["span"])


def page_of(response):
    assert response.status_code == 200
    return html.document_fromstring(response.content.decode())


def box(client, story):
    [found] = page_of(client.get(desk.address("change", story))).xpath("//section[@id='preview-links']")
    return found


# --- the button


def test_preview_saves_first_and_leads_to_the_page(client, reporter, story):
    client.force_login(reporter)
    change = desk.address("change", story)
    response = desk.send(client, change, headline="The bridge is open", _preview="1")
    assert (response.status_code, response.url) == (302, desk.address("preview", story))
    tree = page_of(client.get(response.url))
    assert texts(tree, "//h1") == ["The bridge is open"]
    assert texts(tree, "//aside[@class='strip draft']") == [STRIP]
    assert tree.xpath("//aside//a/@href") == [change]


def test_a_new_story_is_made_and_previewed(client, reporter, story):
    client.force_login(reporter)
    response = desk.send(client, desk.address("add"), headline="A new one", _preview="1")
    new = Article.objects.get(headline="A new one")
    assert response.url == desk.address("preview", new)


def test_a_save_that_is_refused_says_so_and_keeps_what_was_typed(client, reporter, story):
    client.force_login(reporter)
    response = desk.send(client, desk.address("change", story), headline="", standfirst="Kept.", _preview="1")
    tree = page_of(response)
    assert "Enter a headline." in texts(tree, "//ul[@class='errorlist']")[0]
    assert tree.xpath("//textarea[@name='standfirst']")[0].text_content().strip() == "Kept."


def test_the_button_opens_a_new_tab(client, reporter, story):
    client.force_login(reporter)
    [button] = page_of(client.get(desk.address("change", story))).xpath("//button[@name='_preview']")
    assert (button.get("formtarget"), button.text_content()) == ("_blank", "Preview")


def test_who_may_only_look_gets_a_link(client, administrator, story):
    client.force_login(administrator)
    tree = page_of(client.get(desk.address("change", story)))
    assert tree.xpath("//button[@name='_preview']") == []
    assert tree.xpath("//div[@class='bar']/a[text()='Preview']/@href") == [desk.address("preview", story)]
    assert tree.xpath("//section[@id='preview-links']") == []
    assert page_of(client.get(desk.address("preview", story))).xpath("//h1")


def test_the_desks_page_is_kept_and_listed_by_nobody(client, reporter, story):
    client.force_login(reporter)
    response = client.get(desk.address("preview", story))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in response.text


def test_somebody_elses_story_is_not_shown_to_a_reporter(client, reporter):
    client.force_login(reporter)
    response = client.get(desk.address("preview", write("Another")))
    assert response.status_code == 403
    assert "Your account may not see this story. Ask somebody who works on it." in response.text


# --- links


def test_a_link_is_made_and_shown_in_full_until_it_is_revoked(client, reporter, story):
    client.force_login(reporter)
    assert "No link works at the moment." in texts(box(client, story), ".")[0]
    where = desk.address("previews", story)
    with time_machine.travel(NOW, tick=False):
        made = client.post(where, {"make": "1", "then": "story"})
        assert made.url == desk.address("change", story) + "#preview-links"
        assert desk.said(client, made) == ["The link is made. It works until 13 June 2025, 14:00."]
        link, found = PreviewLink.objects.get(), box(client, story)
        address = f"{settings.SITE_URL}/preview/{previews.token_of(link)}/"
        assert found.xpath(".//input/@value") == [address]
        assert texts(found, ".//label") == ["Made by Reporter, works until 13 June 2025, 14:00"]
        assert client.get(address).status_code == 200
        revoked = client.post(where, {"revoke": str(link.pk)})
        assert revoked.url == where
        assert desk.said(client, revoked) == ["The link is revoked. Whoever opens it is told so."]
        assert client.get(address).status_code == 410
        assert box(client, story).xpath(".//input") == []
        again = client.post(where, {"revoke": str(link.pk)})
        assert desk.said(client, again) == ["This link did not work any more."]
    actions = DeskLogLine.objects.order_by("pk").values_list("action", "by")
    assert list(actions) == [(Action.SHARED, reporter.pk), (Action.UNSHARED, reporter.pk)]


def test_links_that_have_expired_are_not_listed(client, reporter, story):
    previews.share(story, by=reporter, now=NOW)
    client.force_login(reporter)
    with time_machine.travel(NOW + previews.WORKS_FOR - MINUTE, tick=False):
        assert len(box(client, story).xpath(".//input")) == 1
    with time_machine.travel(NOW + previews.WORKS_FOR, tick=False):
        assert box(client, story).xpath(".//input") == []


def test_every_line_of_it_is_in_the_storys_history(client, editor, story):
    previews.share(story, by=editor, now=NOW)
    client.force_login(editor)
    tree = page_of(client.get(desk.address("change", story)))
    assert "Preview link made" in texts(tree, "//section[@aria-labelledby='story-log']")[0]


@pytest.mark.parametrize("wanted", ["0", "x", "", "-1", "9" * 30, "9" * 5_000])
def test_a_link_that_is_not_the_storys_is_not_revoked(client, reporter, story, wanted):
    other = previews.share(write("Other", by=reporter), by=reporter, now=NOW)
    client.force_login(reporter)
    for number in (wanted, str(other.pk)):
        with time_machine.travel(NOW, tick=False):
            assert client.post(desk.address("previews", story), {"revoke": number}).status_code == 404
    other.refresh_from_db()
    assert other.revoked_at is None


@pytest.mark.parametrize("who", ["administrator", "outsider", "moderator"])
def test_only_who_may_edit_the_story_shares_it(client, request, story, who):
    client.force_login(request.getfixturevalue(who))
    where = desk.address("previews", story)
    assert client.get(where).status_code == client.post(where, {"make": "1"}).status_code == 403
    assert not PreviewLink.objects.exists()


def test_a_spiked_story_is_not_shared(client, editor, story):
    Article.objects.filter(pk=story.pk).update(stage=Stage.SPIKED)
    client.force_login(editor)
    response = client.post(desk.address("previews", story), {"make": "1"})
    assert response.status_code == 403
    assert "Your account may not share this story. Ask somebody who may edit it." in response.text
    assert page_of(client.get(desk.address("change", story))).xpath("//section[@id='preview-links']") == []


def test_a_new_story_has_no_links_yet(client, reporter, story):
    client.force_login(reporter)
    tree = page_of(client.get(desk.address("add")))
    assert tree.xpath("//section[@id='preview-links']") == []
    assert tree.xpath("//button[@name='_preview']")


def test_a_live_story_is_previewed_with_its_new_words(client, editor):
    edition = published("Bridge")
    rewrite(edition.article, headline="Bridge, again")
    client.force_login(editor)
    assert texts(page_of(client.get(desk.address("preview", edition.article))), "//h1") == ["Bridge, again"]
