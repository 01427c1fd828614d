"""Previews: the real page of a working copy, for the desk and for whoever has a link that works."""

import datetime as dt

import pytest
import time_machine
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles import previews, publishing
from articles.models import Article, Coverage, DeskLogLine, DeskNote, PreviewLink, User
from articles.models.article import Stage
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests.crowds import crowd
from articles.tests.reading import MINUTE, NOW, fetch, read, texts
from articles.tests.stories import NOON, author, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
Action = DeskLogLine.Action
GONE = "This preview link has expired or was revoked. Ask the desk for a new one."
END = NOW + dt.timedelta(hours=72)
BODY = '<p>It <strong>holds</strong>.<sup data-cite="s2"></sup> <span lang="ar" dir="rtl">سلام</span></p>'


@pytest.fixture
def story(reporter):
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    return write(
        "A bridge reopens", by=reporter, standfirst="At last.", body=BODY, tags=["span"], bylines=[author("Ana")],
        sources=[source("One"), source("Two", url="https://two.example/")], coverage=coverage,
    )  # fmt: skip


@pytest.fixture
def link(story, reporter):
    return previews.share(story, by=reporter, now=NOW)


def address(link):
    return f"/preview/{previews.token_of(link)}/"


# --- the page


def test_a_link_shows_the_working_copy_as_readers_would_get_it(client, story, link):
    tree = read(client, address(link))
    assert texts(tree, "//h1") == ["A bridge reopens"]
    assert texts(tree, "//p[@class='standfirst']") == ["At last."]
    assert texts(tree, "//div[@class='prose']//sup/a[@id='cite-2-1']") == ["2"]
    assert texts(tree, "//div[@class='prose']//span[@lang='ar' and @dir='rtl']") == ["سلام"]
    assert texts(tree, "//p[@class='author']") == ["By Ana"]
    assert texts(tree, "//section[@id='sources']//cite") == ["One", "Two"]
    assert texts(tree, "//nav[@aria-label='Tags']/span") == ["#span"]
    assert texts(tree, "//p[@class='filed']") == ["Part of our coverage: Bridges"]
    assert texts(tree, "//title") == ["Draft: A bridge reopens | Newsroom"]


def test_a_link_shows_what_was_saved_last(client, story, link):
    rewrite(story, headline="The bridge is open")
    assert texts(read(client, address(link)), "//h1") == ["The bridge is open"]


def test_a_live_story_is_previewed_with_its_unpublished_words_and_its_corrections(client, editor):
    edition = published("Bridge")
    corrected = Corrected(was="Nine", now="Ten")
    publishing.publish(
        edition.article, by=editor, change=Change.CORRECTION, correction=corrected, now=NOON + MINUTE
    )
    rewrite(edition.article, headline="Bridge, again")
    tree = read(client, address(previews.share(edition.article, by=editor, now=NOW)))
    assert texts(tree, "//h1") == ["Bridge, again"]
    assert texts(tree, "//section[@id='corrections']//dd") == ["Nine", "Ten"]
    assert texts(tree, "//div[@class='byline']//dd")[0] == "9 June 2025, 14:00"


def test_beside_it_stands_what_would_stand_there(client, story, link):
    picked = published("Picked", at=NOON - MINUTE)
    published("Tied", tags=["span"], at=NOON)
    published("Covered", coverage=story.coverage, at=NOON)
    published("Cited", sources=[source("Two")], at=NOON)
    story.related_picks.create(related=picked.article)
    tree = read(client, address(link))
    assert texts(tree, "//section[@aria-labelledby='related-title']//h3") == [
        "Picked",
        "Covered",
        "Cited",
        "Tied",
    ]
    assert "Same coverage: Bridges" in texts(tree, "//section[@aria-labelledby='related-title']")[0]
    assert texts(tree, "//aside[@class='rail']//h3") == ["Cited", "Covered", "Tied", "Picked"]


def test_the_strip_says_what_it_is_when_it_changed_and_until_when_the_link_works(client, story, link):
    Article.objects.filter(pk=story.pk).update(updated_at=NOON)
    assert texts(read(client, address(link)), "//aside[@class='strip draft']") == [
        "Draft. Readers do not have this text. You see the story as the desk has it now, last changed on "
        "9 June 2025, 14:00. The link works until 13 June 2025, 14:00."
    ]


def test_the_strip_names_an_embargo(client, story, link):
    Article.objects.filter(pk=story.pk).update(embargo_until=NOW + MINUTE)
    assert "Under embargo until 10 June 2025, 14:01." in texts(read(client, address(link)), "//aside")[0]
    later = read(client, address(link), at=NOW + MINUTE)
    assert "embargo" not in texts(later, "//aside")[0]


def test_nobody_keeps_it_lists_it_or_learns_its_address(client, link):
    response = fetch(client, address(link))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "ETag" not in response.headers
    tree = html.document_fromstring(response.content.decode())
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert tree.xpath("//link[@rel='canonical'] | //meta[@property] | //script") == []


def test_it_is_the_same_for_the_desk_as_for_everybody(client, link, editor):
    signed_out = fetch(client, address(link)).content
    client.force_login(editor)
    assert fetch(client, address(link)).content == signed_out


def test_it_tells_nothing_of_the_desk(client, story, link, reporter):
    DeskNote.objects.create(article=story, text="secretword", by=reporter)
    line = {"article": story, "action": Action.SENT_BACK, "by": reporter, "at": NOW}
    DeskLogLine.objects.create(note="secretword", **line)
    page = fetch(client, address(link)).content.decode()
    assert "secretword" not in page
    assert "reporter" not in page.lower()
    assert "/admin/" not in page
    assert "comment" not in texts(html.document_fromstring(page), "//main")[0].lower()


def test_only_get_and_head_are_answered(client, link):
    with time_machine.travel(NOW, tick=False):
        head = client.head(address(link))
        assert (head.status_code, head.content) == (200, b"")
        assert client.post(address(link)).status_code == 405


def test_a_preview_costs_the_same_few_queries_however_large_the_site_is(client, story, link):
    edition = published("Tied", tags=["span"], sources=[source("Two")], coverage=story.coverage)

    def cost():
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
            client.get(address(link))
        return len(queries)

    few = cost()
    crowd(edition, [NOON - n * MINUTE for n in range(60)])
    assert cost() == few <= 12


# --- the link


def test_a_link_works_for_72_hours(client, link):
    assert link.expires_at == END
    fetch(client, address(link), at=END - MINUTE)
    tree = read(client, address(link), at=END, status=410)
    assert texts(tree, "//p[@class='intro']") == [GONE]


@pytest.mark.parametrize("why", ["expired", "revoked", "spiked", "deleted", "account"])
def test_a_link_that_works_no_more_says_one_sentence_and_no_word_of_the_story(
    client, story, link, reporter, why
):
    where, at = address(link), END if why == "expired" else NOW
    if why == "revoked":
        previews.revoke(link, by=reporter, now=NOW)
    elif why == "spiked":
        Article.objects.filter(pk=story.pk).update(stage=Stage.SPIKED)
    elif why == "account":
        User.objects.filter(pk=link.made_by_id).update(is_active=False)
    elif why == "deleted":
        link.delete()  # it goes with its story
    response = fetch(client, where, at=at, status=410)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    page = response.content.decode()
    assert GONE in page
    assert "bridge" not in page.lower()
    assert 'rel="canonical"' not in page


def test_a_revoked_link_stays_revoked_and_others_go_on(client, story, link, reporter):
    other = previews.share(story, by=reporter, now=NOW + MINUTE)
    assert previews.revoke(link, by=reporter, now=NOW + 2 * MINUTE)
    fetch(client, address(link), at=NOW + 3 * MINUTE, status=410)
    fetch(client, address(other), at=NOW + 3 * MINUTE)


def forged(link):
    """Tokens that were not made here, or not for this."""
    mine = previews.token_of(link)
    content, signature = mine.split(":")
    other = signing.Signer(salt="articles.preview", key="another key")
    return [
        "not-a-token", "a:b", ":", "é:é", "%00", "x" * 3_000, content, f"{content}:", f"{mine}x", mine[:-1],
        mine.swapcase(), f"{signing.b64_encode(b'[1,0]').decode()}:{signature}",
        other.sign_object([link.pk, link.article_id]),
        signing.Signer(salt="comments.own").sign_object([link.pk, link.article_id]),
    ]  # fmt: skip


def test_a_forged_token_answers_like_a_page_that_never_was(client, link):
    never = fetch(client, "/nowhere/at/all/", status=404)
    for token in forged(link):
        response = fetch(client, f"/preview/{token}/", status=404)
        assert texts(html.document_fromstring(response.content.decode()), "//h1") == ["Page not found"], token
        assert response.headers.keys() == never.headers.keys()


def test_the_link_of_one_story_opens_no_other(client, story, link, reporter):
    other = write("Another story", by=reporter)
    token = signing.Signer(salt="articles.preview").sign_object([link.pk, other.pk])
    assert "Another" not in fetch(client, f"/preview/{token}/", status=410).content.decode()


# --- making and revoking


def test_making_and_revoking_are_lines_of_the_log(story, reporter, editor):
    link = previews.share(story, by=reporter, now=NOW)
    assert previews.revoke(link, by=editor, now=NOW + MINUTE)
    lines = DeskLogLine.objects.order_by("at").values_list("action", "by", "at", "note", "before", "after")
    assert list(lines) == [
        (Action.SHARED, reporter.pk, NOW, END.isoformat(), "", ""),
        (Action.UNSHARED, editor.pk, NOW + MINUTE, NOW.isoformat(), "", ""),
    ]
    link.refresh_from_db()
    assert (link.made_by, link.revoked_by, link.revoked_at) == (reporter, editor, NOW + MINUTE)


@pytest.mark.parametrize("verb", ["share", "revoke"])
def test_without_the_line_in_the_log_nothing_is_done(story, reporter, verb):
    link = previews.share(story, by=reporter, now=NOW)
    action = {"share": Action.SHARED, "revoke": Action.UNSHARED}[verb]
    # The log takes no second line of the same moment and kind.
    DeskLogLine.objects.create(article=story, action=action, by=reporter, at=NOW + MINUTE)
    do, what = {"share": (previews.share, story), "revoke": (previews.revoke, link)}[verb]
    with pytest.raises(IntegrityError, match="(?i)unique"), transaction.atomic():
        do(what, by=reporter, now=NOW + MINUTE)
    assert list(PreviewLink.objects.values_list("pk", "revoked_at")) == [(link.pk, None)]
    assert DeskLogLine.objects.count() == 2


@pytest.mark.parametrize("at", [END, NOW + MINUTE])
def test_a_link_that_works_no_more_is_not_revoked_again(link, reporter, at):
    previews.revoke(link, by=reporter, now=NOW)
    assert not previews.revoke(link, by=reporter, now=at)
    assert DeskLogLine.objects.filter(action=Action.UNSHARED).count() == 1


def test_a_spiked_story_is_not_shared(story, reporter):
    Article.objects.filter(pk=story.pk).update(stage=Stage.SPIKED)
    with pytest.raises(
        previews.PreviewRefused, match="The story is spiked. Take it back before you share it."
    ):
        previews.share(story, by=reporter, now=NOW)
    assert not PreviewLink.objects.exists()


def test_a_story_in_every_section_and_language_has_a_preview(client, reporter):
    story = write("تفتح الجسر", language="ar", section=section("Europe"), by=reporter, body="")
    tree = read(client, address(previews.share(story, by=reporter, now=NOW)))
    assert tree.xpath("//h1/@lang | //h1/@dir") == ["ar", "rtl"]
    assert texts(tree, "//p[@class='kicker']/a")[0] == "Europe"
