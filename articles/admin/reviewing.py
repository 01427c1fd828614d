"""Review and versions: what the working copy changes, the way through review, and what was published before."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles import publishing, times, versions, workflow
from articles.admin import rights
from articles.admin.images import body_at_the_desk
from articles.admin.log import lines_of
from articles.admin.story_pages import StoryPages, to_page, unless_refused
from articles.differences import compare
from articles.models import Article, Edition, SetAside, User
from articles.review_forms import RedactForm, ReviewForm
from articles.times import moment_text
from articles.workflow import STAGE_VERBS, Verb

LOG_SHOWN = 50
PUBLISHERS_SHOWN = 5
_BACKEND = "django.contrib.auth.backends.ModelBackend"

# What the button of each verb says, and the message once it is done.
BUTTONS = {
    Verb.SUBMIT: gettext_lazy("Send to review"),
    Verb.APPROVE: gettext_lazy("Approve"),
    Verb.SEND_BACK: gettext_lazy("Send back"),
    Verb.RECALL: gettext_lazy("Take back from review"),
    Verb.UNSPIKE: gettext_lazy("Take back from the spike"),
    Verb.SPIKE: gettext_lazy("Spike"),
}
DONE = {
    Verb.SUBMIT: gettext_lazy("The story is in review."),
    Verb.APPROVE: gettext_lazy("The story is approved."),
    Verb.SEND_BACK: gettext_lazy("The story is back with its reporter, with your note."),
    Verb.RECALL: gettext_lazy("The story is a draft again."),
    Verb.UNSPIKE: gettext_lazy("The story is a draft again."),
    Verb.SPIKE: gettext_lazy("The story is spiked. It can be taken back at any time."),
}
GOOD, PLAIN, BAD = "", "plain", "plain bad"
LOOKS = {Verb.SPIKE: BAD, Verb.SEND_BACK: PLAIN, Verb.RECALL: PLAIN}


def publishers():
    """Names of people who may publish, for those who may not."""
    people = User.objects.with_perm("articles.publish_article", backend=_BACKEND, include_superusers=False)
    return [str(person) for person in people.filter(is_active=True).order_by("pk")[:PUBLISHERS_SHOWN]]


def submitted_message(user, article):
    """What follows from sending a story to review: who can publish it, where the sender cannot."""
    names = [] if rights.may_publish(user, article) else publishers()
    said = str(DONE[Verb.SUBMIT])
    return (
        f"{said} {_('These people can publish it: %(names)s.') % {'names': ', '.join(names)}}"
        if names
        else said
    )


class ReviewPages(StoryPages):
    """The pages `review` and `versions` of a story, and those that bring a version back or redact it."""

    def pages(self):
        return {
            "review": ("<int:pk>/review/", self.review_view),
            "versions": ("<int:pk>/versions/", self.versions_view),
            "version": ("<int:pk>/versions/<int:number>/", self.version_view),
            "redact": ("<int:pk>/versions/<int:number>/redact/", self.redact_view),
            "set_aside": ("<int:pk>/set-aside/<int:set_aside>/", self.set_aside_view),
            **super().pages(),
        }

    def review_view(self, request, pk):
        """Opens with what the working copy changes. A post carries out one verb of the stage."""
        article = self._story(request, pk)
        form = ReviewForm(request.POST or None, article=article)
        if request.method == "POST":
            verb = _verb_asked(request, article)
            if form.is_valid() and unless_refused(
                form, lambda: workflow.move(article, verb, by=request.user, **form.cleaned_data)
            ):
                said = submitted_message(request.user, article) if verb == Verb.SUBMIT else DONE[verb]
                messages.success(request, said)
                return to_page("change" if verb != Verb.APPROVE else "review", article)
        return self.story_page(
            request, "review", article, _("Review"), form=form, **_what_changed(article),
            buttons=[(verb.value, words, LOOKS.get(verb, GOOD)) for verb, words in _possible(request.user, article)],
            publishers=[] if rights.may_publish(request.user, article) else publishers(),
            may_publish=rights.may_publish(request.user, article), may_edit=rights.may_edit(request.user, article),
            log=lines_of(article, most=LOG_SHOWN),
        )  # fmt: skip

    @method_decorator(require_safe)
    def versions_view(self, request, pk):
        article, now = self._story(request, pk), times.now()
        editions = article.editions.select_related("made_by", "redacted_by").defer("body", "search_text")
        return self.story_page(
            request, "versions", article, _("Versions"), now=now, editions=editions.order_by("-number"),
            set_aside=article.set_aside.select_related("by"),
            may_write=workflow.may(request.user, Verb.BRING_BACK, article),
            may_redact=workflow.may(request.user, Verb.REDACT, article),
        )  # fmt: skip

    def version_view(self, request, pk, number):
        """What bringing this version back would change in the working copy; a post does it."""
        article = self._story(request, pk, verb=Verb.BRING_BACK)
        edition = _version(article, number)
        if request.method == "POST":
            try:
                versions.bring_back(article, number=number, by=request.user)
            except versions.VersionRefused as refusal:
                messages.error(request, " ".join(refusal.messages))
                return to_page("versions", article)
            messages.success(request, _("Version %(number)s is in the working copy. Readers see nothing of it "
                                        "until it is published.") % {"number": number})  # fmt: skip
            return to_page("change", article)
        if edition.redacted_at:
            said = _("Version %(number)s was redacted, so none of its words are left.")
            messages.error(request, said % {"number": number})
            return to_page("versions", article)
        working = publishing.working_edition(article, at=times.now())
        return self.story_page(
            request, "version", article, _("Version %(number)s") % {"number": number},
            edition=edition, difference=compare(working, edition),
        )  # fmt: skip

    def redact_view(self, request, pk, number):
        article = self._story(request, pk, verb=Verb.REDACT)
        edition, form = _version(article, number), RedactForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            if unless_refused(
                form, lambda: versions.redact(article, number=number, by=request.user, reason=reason)
            ):
                messages.success(request, _("Version %(number)s is redacted.") % {"number": number})
                return to_page("versions", article)
        return self.story_page(
            request,
            "redact",
            article,
            _("Redact version %(number)s") % {"number": number},
            form=form,
            edition=edition,
        )

    def set_aside_view(self, request, pk, set_aside):
        """Words that were set aside, and a post that puts them back."""
        article = self._story(request, pk, verb=Verb.BRING_BACK)
        words = get_object_or_404(SetAside, article=article, pk=set_aside)
        if request.method == "POST":
            versions.bring_back_words(article, set_aside=words, by=request.user)
            messages.success(request, _("The words are in the working copy again."))
            return to_page("change", article)
        return self.story_page(
            request,
            "set_aside",
            article,
            _("Words set aside on %(when)s") % {"when": moment_text(words.at)},
            words=words,
            body=body_at_the_desk(Article(body=words.content["body"]), _numbers_of(words.content)),
        )

    def _story(self, request, pk, *, verb=Verb.VIEW):
        articles = rights.with_ownership(Article.objects.with_state(), user=request.user)
        article = get_object_or_404(
            articles.select_related("updated_by", "section", "coverage", "image"), pk=pk
        )
        if not workflow.may(request.user, verb, article):
            raise PermissionDenied(_("Your account may not do this with the story as it is now."))
        return article


def _numbers_of(content):
    """{key: number} of the citations of words set aside."""
    return {key: number for number, (_source, key) in enumerate(content["citations"], start=1)}


def _possible(user, article):
    return [(verb, words) for verb, words in BUTTONS.items() if workflow.may(user, verb, article)]


def _verb_asked(request, article):
    """The verb that a button names. What somebody may not do, whatever the state, is not allowed."""
    name = request.POST.get("verb", "")
    if name not in {verb.value for verb in STAGE_VERBS}:
        raise Http404("No button of the page names this verb.")
    verb = Verb(name)
    if not workflow.roles_of(request.user, article) & workflow.ALLOWED[verb].roles:
        raise PermissionDenied(_("Your account may not do this with the story. Ask an editor."))
    return verb


def _what_changed(article):
    """{"live", "difference", "working"} of the review page; `difference` is None where nothing is live."""
    now = times.now()
    working = publishing.working_edition(article, at=now)
    live = Edition.objects.live(at=now).filter(article=article).with_tags()
    live = live.select_related("section", "coverage").first()
    return {"live": live, "working": working, "difference": compare(live, working) if live else None}


def _version(article, number):
    editions = article.editions.filter(live_from__lte=times.now()).with_tags()
    editions = editions.select_related("section", "coverage")
    return get_object_or_404(editions, number=number)
