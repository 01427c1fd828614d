"""The pages that put a story before readers and take it away: publish, cancel the schedule, withdraw.

Each says first what will happen, and does it by a plain post. What the verbs refuse is shown on the page,
with everything that was typed.
"""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles import publishing, readiness, times
from articles.admin.rights import may_publish
from articles.admin.story_pages import StoryPages, to_page, unless_refused
from articles.forms import PublishForm, WithdrawForm
from articles.models import Article, Edition
from articles.rich_text import excerpt, plain_text
from articles.times import moment_text, zone_name

SUMMARY_LENGTH = 240
MOST_KEPT = 5_000  # characters of a field that are kept while advice is waved off; no field takes more


def future_address(article, *, live_from):
    """The path that the story will have if it goes live then: its own, unless its slug was changed.

    A plan does not count: publishing cancels it, and its address with it.
    """
    last = article.editions.filter(live_from__lte=live_from).order_by("number").last()
    published_at = last.published_at if last else live_from
    return publishing.path_for(article, last=last, published_at=published_at)


class Outlook:
    """What the pages say of a story at a moment: where it stands, and what publishing will do."""

    def __init__(self, article, *, at):
        self.article, self.at = article, at
        editions = list(article.editions.order_by("number"))
        self.plan = next((edition for edition in editions if edition.live_from > at), None)
        self.live = Edition.objects.live(at=at).filter(article=article).first()
        self.is_first = not any(edition.live_from <= at for edition in editions)
        self.address = settings.SITE_URL + future_address(article, live_from=at)
        self.summary = article.standfirst or excerpt(plain_text(article.body), limit=SUMMARY_LENGTH)

    @property
    def consequences(self):
        """The sentences that say what publishing does to what readers see now."""
        said = [
            _(
                "Readers get this text at once, or at the time you choose: on its page, in lists, search and feeds."
            )
        ]
        if self.plan:
            when = {"when": moment_text(self.plan.live_from)}
            is_update = self.plan.number > 1
            said.append(
                (_("This cancels the update planned for %(when)s.") if is_update
                 else _("This cancels the publication planned for %(when)s.")) % when
            )  # fmt: skip
        if self.live:
            said.append(
                _("Readers see version %(number)s until then. It stays on record.")
                % {"number": self.live.number}
            )
            said += self._about_unchanged()
        elif self.is_first:
            said.append(_("The date in the address is that of the day the story goes live."))
        else:
            said.append(_("The story was withdrawn. It comes back under its address."))
        return said

    def _about_unchanged(self):
        if self.live.fingerprint != self.article.fingerprint:
            return []
        return [_("Readers have this very text already. Only a correction would add something.")]


class Checks:
    """The readiness list for the moment `live_from`, with the notes typed to its advice so far."""

    def __init__(self, article, *, live_from, now, notes):
        ready = readiness.of(article, live_from=live_from)
        readiness.keep_count(article, ready)
        self.fixes = [fix for fix in ready.fixes if not fix.depends_on_time]
        self.fixes_then = [fix for fix in ready.fixes if fix.depends_on_time]
        self.advice = [(advice, notes.get(f"note-{advice.key}", "")) for advice in ready.advice]
        self.waved, self.done = ready.waved, ready.done
        self.is_for_now = live_from == now


class PublishingPages(StoryPages):
    """The pages. Only who may publish the story gets to them; everybody else is told so (403)."""

    def pages(self):
        return {
            "publish": ("<int:pk>/publish/", self.publish_view),
            "wave": ("<int:pk>/wave/", self.wave_view),
            "cancel": ("<int:pk>/cancel/", self.cancel_view),
            "withdraw": ("<int:pk>/withdraw/", self.withdraw_view),
            **super().pages(),
        }

    def publish_view(self, request, pk):
        article, now = self._publishable(request, pk), times.now()
        outlook = Outlook(article, at=now)
        kept = {} if request.POST else request.session.pop(kept_under(pk), {})
        form = PublishForm(
            request.POST or None, initial=kept, article=article, is_first=outlook.is_first, now=now
        )
        if request.method == "POST" and form.is_valid():
            edition = unless_refused(form, lambda: form.carry_out(by=request.user))
            if edition:
                messages.success(request, _published(edition, now=now))
                return to_page("change", article)
        checks = Checks(article, live_from=form.live_from, now=now, notes=request.POST or kept)
        return self.story_page(
            request,
            "publish",
            article,
            _("Publish"),
            form=form,
            outlook=outlook,
            checks=checks,
            zone=zone_name(),
            planned_for=_day_and_time(form.live_from) if form.live_from > now else "",
        )

    def wave_view(self, request, pk):
        """Waves a piece of advice off, and leads back to the publish page with all that was typed there."""
        article = self._publishable(request, pk)
        if request.method == "POST":
            key = request.POST.get("wave", "")
            kept = {name: words[:MOST_KEPT] for name, words in request.POST.items() if _is_kept(name)}
            try:
                note = kept.get(f"note-{key}", "")
                readiness.wave_off(article, key=key, note=note, by=request.user)
            except readiness.WavingRefused as refusal:
                messages.error(request, " ".join(refusal.messages))
            else:
                messages.success(request, _("The advice is waved off, and the desk’s log says why."))
            request.session[kept_under(pk)] = kept
        return to_page("publish", article)

    def cancel_view(self, request, pk):
        article, now = self._publishable(request, pk), times.now()
        plan = article.editions.filter(live_from__gt=now).first()
        if request.method == "POST":
            try:
                publishing.cancel_schedule(article, by=request.user, now=now)
            except publishing.PublishingRefused as refusal:
                messages.error(request, " ".join(refusal.messages))
            else:
                messages.success(request, _("The schedule is cancelled. Nothing goes live by itself now."))
            return to_page("change", article)
        is_live = Edition.objects.live(at=now).filter(article=article).exists()
        return self.story_page(
            request, "cancel", article, _("Cancel the schedule"), plan=plan, is_live=is_live
        )

    def withdraw_view(self, request, pk):
        article, now = self._publishable(request, pk), times.now()
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            done = unless_refused(
                form, lambda: publishing.withdraw(article, by=request.user, reason=reason, now=now)
            )
            if done:
                messages.success(request, _("The story is withdrawn. Its address now gives your reason."))
                return to_page("change", article)
        outlook = Outlook(article, at=now)
        return self.story_page(request, "withdraw", article, _("Withdraw"), form=form, outlook=outlook)

    def _publishable(self, request, pk):
        article = get_object_or_404(Article.objects.with_state(), pk=pk)
        if not may_publish(request.user, article):
            raise PermissionDenied(_("Your account may not publish this story. Ask an editor to do it."))
        # It is empty where something that the story prints was changed elsewhere: see `mark_changed`.
        article.fingerprint = article.fingerprint or article.working_fingerprint()
        return article


def _day_and_time(moment):
    """A moment as the button that schedules names it: `3 June, 07:00`."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return _("%(day)s, %(time)s") % {"day": date_format(local, "j F"), "time": date_format(local, "H:i")}


def kept_under(pk):
    """The name in the session of what the publish page of a story begins with, by the names of its fields.

    It is what was typed there while advice was waved off, or what somebody reported.
    """
    return f"publish-{pk}"


def _is_kept(name):
    return name in PublishForm.base_fields or name.startswith("note-")


def _published(edition, *, now):
    """The message after publishing, with a link to the article where there is something to see."""
    if edition.live_from > now:
        return _("Scheduled for %(when)s, %(zone)s time.") % {
            "when": moment_text(edition.live_from), "zone": zone_name()
        }  # fmt: skip
    time = date_format(timezone.localtime(edition.live_from), "H:i")
    words = _("Published %(time)s.") % {"time": time}
    return format_html('{} <a href="{}">{}</a>', words, edition.get_absolute_url(), _("View article"))
