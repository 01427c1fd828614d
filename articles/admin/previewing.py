"""Previews at the desk: the button in the editor's bar, and the links that show a working copy to others."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import previews, times, workflow
from articles.admin.story_pages import StoryPages, to_page
from articles.forms import number_of
from articles.models import Article, PreviewLink
from articles.preview_views import preview_page
from articles.times import moment_text
from articles.workflow import Verb


class Previewing(StoryPages):
    """The pages `preview` and `previews` of a story, and a save that leads to the first."""

    class Media:
        js = ["desk/previews.js"]

    def pages(self):
        return {
            "preview": ("<int:pk>/preview/", require_safe(self.preview_view)),
            "previews": ("<int:pk>/previews/", self.previews_view),
            **super().pages(),
        }

    def preview_view(self, request, pk):
        """The working copy as readers would get it, to whoever may look at the story."""
        article = self._previewed(request, pk, verb=Verb.VIEW)
        return preview_page(request, article, at=times.now())

    def previews_view(self, request, pk):
        """The links of a story that work. A post with `make` makes one, with `revoke` it ends the one named."""
        article = self._previewed(request, pk, verb=Verb.SHARE)
        if request.method == "POST":
            self._share_or_revoke(request, article)
            then = _box(article) if request.POST.get("then") == "story" else request.path
            return HttpResponseRedirect(then)
        return self.story_page(
            request, "previews", article, _("Preview links"), original=article, may_share=True,
            media=forms.Media(js=["desk/previews.js"]), **links_of(article, at=times.now()),
        )  # fmt: skip

    def _share_or_revoke(self, request, article):
        now = times.now()
        if "revoke" in request.POST:
            link = get_object_or_404(article.preview_links, pk=number_of(request.POST["revoke"]))
            if previews.revoke(link, by=request.user, now=now):
                messages.success(request, _("The link is revoked. Whoever opens it is told so."))
            else:
                messages.info(request, _("This link did not work any more."))
        elif "make" in request.POST:
            try:
                link = previews.share(article, by=request.user, now=now)
            except previews.PreviewRefused as refusal:  # spiked a moment ago
                messages.error(request, " ".join(refusal.messages))
            else:
                said = _("The link is made. It works until %(when)s.") % {
                    "when": moment_text(link.expires_at)
                }
                messages.success(request, said)

    def _previewed(self, request, pk, *, verb):
        articles = Article.objects.with_state().select_related("section", "coverage", "image")
        article = get_object_or_404(articles, pk=pk)
        if not workflow.may(request.user, verb, article):
            raise PermissionDenied(
                _("Your account may not see this story. Ask somebody who works on it.")
                if verb == Verb.VIEW
                else _("Your account may not share this story. Ask somebody who may edit it.")
            )
        return article

    def render_change_form(self, request, context, **kwargs):
        if article := kwargs.get("obj"):
            context["may_share"] = workflow.may(request.user, Verb.SHARE, article)
            if context["may_share"]:
                context |= links_of(article, at=times.now())
        return super().render_change_form(request, context, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        return _to_preview(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return _to_preview(request, obj) or super().response_change(request, obj)


def links_of(article, *, at):
    """What the box of preview links says: `links`, those that work, each with its address in full."""
    links = PreviewLink.objects.working(at=at).filter(article=article).select_related("made_by")
    return {"links": [(link, address_of(link), moment_text(link.expires_at)) for link in links]}


def address_of(link):
    """The address in full, to be passed on."""
    return settings.SITE_URL + reverse("articles:preview", args=[previews.token_of(link)])


def _to_preview(request, article):
    if "_preview" not in request.POST:
        return None
    return to_page("preview", article)


def _box(article):
    return reverse("admin:articles_article_change", args=[article.pk]) + "#preview-links"
