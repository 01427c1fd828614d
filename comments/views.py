"""Replying to a story. Nothing here is kept by a cache, and nothing but the address says who may see what.

The addresses stand under a story that is live; under any other they answer the 404 of a page that never was.
"""

import unicodedata
from functools import wraps

from django.core import signing
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles import times
from articles.models import Article, Edition
from articles.models.prepared import Prepared
from articles.shown import shows
from articles.shown import thread as thread_of_story
from articles.views import of_a_live_story
from comments.forms import ReplyForm, opened_mark
from comments.guards import is_foreign, is_too_big
from comments.models import AlreadyDecided, Comment, Status
from comments.network import network_of
from comments.policies import filing_of, from_rows, policy_rows
from comments.posting import LINK_LIFE, TooMany, comment_of, post_reply, private_token
from comments.proof import ask_for_proof, is_asked_for_proof
from comments.spam import told_to_author
from comments.threads import NEWEST, page_with, thread_of

LINK_DAYS = LINK_LIFE // (24 * 60 * 60)


class HttpResponseSeeOther(HttpResponseRedirect):
    status_code = 303


def under_a_live_story(view):
    """Gives the view the live edition of the story whose address, of today or of before, the request names.

    A page that was cached before the story's address changed still posts to the old one. Posts need no token:
    the pages with the form are the same for everybody, and guards.py asks the browser instead.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @cache_control(private=True, no_store=True)
    @wraps(view)
    def answered(request, *, year, month, day, slug, **rest):
        path = unicodedata.normalize("NFC", f"/{year}/{month:02}/{day:02}/{slug}/")
        edition = _live_edition_at(path)
        if edition is None:
            raise Http404
        if request.method == "POST" and is_too_big(request):
            return render(request, "comments/too_big.html", {"edition": edition}, status=413)
        return view(request, edition, **rest)

    return answered


def _live_edition_at(path):
    """The live edition of the story with this address, or of the one that had it once; None where there is none.

    For reading only: it may be the record of a prepared query.
    """
    now = times.now()
    if found := _live_there.records(path=path, at=now):
        return found[0]
    owner = Edition.objects.once_live(at=now).filter(path=path).values("article")[:1]
    return Edition.objects.live(at=now).filter(article__in=owner).first()


_live_there = Prepared(lambda *, path, at: Edition.objects.live(at=at).filter(path=path).order_by("pk")[:1])


def _live_edition(path, *, at):
    return Edition.objects.live(at=at).filter(path=path).select_related("section").first()


@of_a_live_story(_live_edition)
def thread(request, now, edition):
    """The comments page by page. Query: `after`, the number of the comment that the page follows; `order`."""
    shows(thread_of_story(edition.article_id))  # also where there is no comment of that number yet
    given, after = request.GET.get("after"), None
    if given is not None:
        after = Comment.objects.numbered(given, article=edition.article_id)
        if after is None:
            raise Http404("The story has no comment of this number.")
    shown = thread_of(edition, at=now, after=after, is_newest_first=request.GET.get("order") == NEWEST)
    if after and not shown.shown:
        raise Http404("No comment stands after this one.")
    context = {"edition": edition, "thread": shown, "in_section": edition.section.slug}
    return render(request, "comments/thread.html", context)


@of_a_live_story(_live_edition)
def permalink(request, now, edition, *, number):
    """Leads to the page that shows the comment, whichever it is by now."""
    comment = Comment.objects.find_public(str(number), article=edition.article_id, at=now)
    if comment is None:
        raise Http404("No comment of this number is on the site.")
    return HttpResponseRedirect(page_with(comment, edition, at=now))


def _with_policies(**filed):
    articles = Article.objects.order_by().filter(pk=filed["article_id"]).only("uid", "is_open_to_comments")
    return articles.annotate(policies=policy_rows(Edition(**filed)))


_replied_to = Prepared(_with_policies)


@under_a_live_story
def reply(request, edition):
    """The reply page (GET, `?to=` names the comment replied to), and where every reply form posts to."""
    (article,), now = _replied_to.records(**filing_of(edition)), times.now()
    policy = from_rows(article.policies, edition, is_switched_on=article.is_open_to_comments, at=now)
    if request.method == "POST":
        return _posted(request, edition, article, policy)
    wanted = request.GET.get("to", "")
    parent = Comment.objects.find_public(wanted, article=edition.article_id) if wanted else None
    form = ReplyForm(initial={"to": parent.pk if parent else "", "opened": opened_mark(at=now)})
    missing = bool(wanted) and not parent
    context = {"parent": parent, "policy": policy, "is_missing": missing}
    return _page(request, edition, form, status=404 if missing else 200, **context)


def _posted(request, edition, article, policy):
    form = ReplyForm(request.POST, article=article, at=policy.at)
    form.full_clean()
    if is_foreign(request):
        form.add_error(
            None, _("This was sent from another site. Your text is below; post it again from here")
        )
        return _page(request, edition, form, status=403, policy=policy)
    if not policy.is_open or not form.is_valid():
        return _page(request, edition, form, status=422, policy=policy)
    try:
        posted = post_reply(form, edition, policy=policy, network=network_of(request))
    except TooMany as refusal:
        return _too_many(request, edition, form, policy=policy, wait=refusal.seconds)
    if posted.wants_proof:
        ask_for_proof(posted.comment)
    # The words of an unread comment are known to nobody else: who sends them again is its author, too.
    is_authors = posted.is_new or posted.comment.is_unread
    return HttpResponseSeeOther(_private_link(edition, posted.comment, is_authors=is_authors))


def _too_many(request, edition, form, *, policy, wait):
    sentence = ngettext(
        "Wait %(seconds)d second before you post again",
        "Wait %(seconds)d seconds before you post again",
        wait,
    )
    form.add_error(None, sentence % {"seconds": wait})
    response = _page(request, edition, form, status=429, policy=policy)
    response.headers["Retry-After"] = str(wait)
    return response


def _page(request, edition, form, *, status, policy, **context):
    """The small page with the form and everything typed: unlike on the article, an error is on screen."""
    context = {"edition": edition, "form": form, "parent": form.parent, "policy": policy} | context
    return render(request, "comments/reply.html", context, status=status)


def _private_link(edition, comment, *, is_authors):
    return f"{edition.get_absolute_url()}reply/{private_token(comment, is_authors=is_authors)}/"


@under_a_live_story
def own(request, edition, *, token):
    """What became of one's own comment, by a signed link. A POST takes it back; `?withdraw` asks before that."""
    try:
        comment, is_authors = comment_of(token, article=edition.article_id)
    except signing.SignatureExpired:
        context = {"edition": edition, "days": LINK_DAYS}
        return render(request, "comments/expired.html", context, status=410)
    except (signing.BadSignature, Comment.DoesNotExist):
        raise Http404 from None
    if request.method == "POST":
        return _withdrawn(request, edition, comment, is_authors=is_authors)
    if comment.status == Status.APPROVED and not is_authors:
        return HttpResponseRedirect(page_with(comment, edition))
    return _own_page(request, edition, comment, is_authors=is_authors)


def _withdrawn(request, edition, comment, *, is_authors):
    if is_foreign(request):
        return _own_page(request, edition, comment, is_authors=is_authors, status=403)
    try:
        _take_back(comment, is_authors=is_authors, is_confirmed="confirmed" in request.POST)
    except AlreadyDecided:
        comment.refresh_from_db()
        return _own_page(request, edition, comment, is_authors=is_authors, status=409)
    return HttpResponseSeeOther(request.path)


def _take_back(comment, *, is_authors, is_confirmed):
    """Withdraws the comment for its author, published ones after a question. Raises AlreadyDecided."""
    is_published = comment.status == Status.APPROVED
    if is_authors and (comment.is_waiting or (is_published and is_confirmed)):
        comment.withdraw()
    else:
        comment.withdraw_unread()


def _own_page(request, edition, comment, *, is_authors, status=200):
    """What became of the comment, in words for its author, and its words while there are any."""
    is_waiting, is_published = comment.is_waiting, comment.status == Status.APPROVED
    context = {
        "edition": edition,
        "comment": comment,
        "is_waiting": is_waiting,
        "is_published": is_published,
        "is_too_late": status == 409,
        "is_asked": is_authors and is_published and (status == 409 or "withdraw" in request.GET),
        "may_withdraw": is_waiting if is_authors else comment.is_unread,
        "may_ask": is_authors and is_published,
        "why": told_to_author(comment.verdict) if is_waiting else [],
        "decision": comment.last_decision(),
        "days": LINK_DAYS,
        "is_refused": status == 403,
        "is_asked_for_proof": is_waiting and is_asked_for_proof(comment),
    }
    return render(request, "comments/own.html", context, status=status)
