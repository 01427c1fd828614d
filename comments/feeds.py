"""Atom feeds of public comments: of the whole site, and of one story.

Both are in the order of posting, the newest first: that order has an index, and an entry keeps its place when
something is decided about it. `updated` is when the comment was approved or a part of it blanked last, so that a
reader's program notices one that waited for long. Visitors' words are escaped, as everywhere; e-mail addresses are
not even read.
"""

from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from articles.corrections import with_stories
from articles.feeds import SiteAtom, SiteFeed, Subject, site_address, xml_text
from articles.models import Edition
from articles.public import public
from articles.shown import COMMENTS, shows, thread
from articles.views import of_a_live_story
from comments.models import Action, Comment, Decision, Status

NEWEST = 50


@dataclass(frozen=True, kw_only=True)
class StorySubject(Subject):
    """The story that a feed is of, as its live edition."""

    edition: Edition


class CommentAtom(SiteAtom):
    """Atom with what a comment answers (RFC 4685) and with its words."""

    def root_attributes(self):
        return super().root_attributes() | {"xmlns:thr": "http://purl.org/syndication/thread/1.0"}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        comment = item["comment"]
        handler.startElement("author", {})
        handler.addQuickElement("name", xml_text(comment.shown_name))
        handler.endElement("author")
        handler.addQuickElement("thr:in-reply-to", "", _answered(comment))
        handler.addQuickElement("content", xml_text(_html(comment)), {"type": "html"})


def _answered(comment):
    """What the comment answers: another one that is public, else the story."""
    story, path = comment.story, comment.story.get_absolute_url()
    uid = story.uid
    if comment.parent_id and comment.parent.status == Status.APPROVED:
        uid, path = comment.parent.uid, f"{path}comments/{comment.parent_id}/"
    return {"ref": uid.urn, "href": site_address(path), "type": "text/html"}


def _html(comment):
    """The words that readers are shown, as HTML that can be read anywhere: paragraphs of escaped lines."""
    paragraphs = [
        (first, format_html_join("", "<br>{}", ((line,) for line in rest)))
        for first, *rest in comment.paragraphs
    ]
    return format_html_join("", '<p dir="auto">{}{}</p>', paragraphs)


class CommentFeed(SiteFeed):
    """The newest public comments of the site. What narrows it overrides `comments`, `page` and `name`."""

    feed_type = CommentAtom

    def name(self, subject):
        return _("comments")

    def page(self, subject):
        return "/"

    def feed_url(self, subject):
        return f"{self.link(subject)}comments/feed.xml"

    def feed_guid(self, subject):
        return self.feed_url(subject)  # the page has a feed of its stories, whose id is the page's address

    def comments(self, subject):
        shows(COMMENTS)
        return Comment.objects.public(at=subject.at)

    def items(self, subject):
        told = Decision.objects.filter(
            comment=OuterRef("pk"), action__in=[Action.APPROVED, Action.BLANKED]
        ).order_by("-number")
        rows = self.comments(subject).newest_first().select_related("parent")
        rows = rows.annotate(updated_at=Coalesce(Subquery(told.values("decided_at")[:1]), F("posted_at")))
        wanted = rows.only(*_READ)[:NEWEST]
        return with_stories(list(wanted), at=subject.at)

    def item_title(self, comment):
        facts = {"name": comment.shown_name, "headline": comment.story.headline}
        return xml_text(_("%(name)s on “%(headline)s”") % facts)

    def item_link(self, comment):
        return site_address(f"{comment.story.get_absolute_url()}comments/{comment.pk}/")

    def item_guid(self, comment):
        return comment.uid.urn

    def item_description(self, comment):
        return None  # CommentAtom writes the words

    def item_pubdate(self, comment):
        return comment.posted_at

    def item_updateddate(self, comment):
        return comment.updated_at

    def item_extra_kwargs(self, comment):
        return {"comment": comment}


_READ = ["uid", "article", "name", "text", "blanks", "posted_at", "parent", "parent__uid", "parent__status"]


class StoryComments(CommentFeed):
    """The newest public comments of one story."""

    def get_object(self, request, edition, now):
        return StorySubject(at=now, edition=edition)

    def name(self, subject):
        return _("comments on “%(headline)s”") % {"headline": subject.edition.headline}

    def page(self, subject):
        return subject.edition.get_absolute_url()

    def comments(self, subject):
        number = subject.edition.article_id
        shows(thread(number))
        return Comment.objects.public(at=subject.at).filter(article=number)


def _live_edition(path, *, at):
    return Edition.objects.live(at=at).filter(path=path).only("article", "path", "headline").first()


site_feed = public(CommentFeed())
_feed_of_story = StoryComments()


@of_a_live_story(_live_edition)
def story_feed(request, now, edition):
    return _feed_of_story(request, edition=edition, now=now)
