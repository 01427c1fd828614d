"""Where the links of letters lead. Programs follow links before people do, so a GET changes nothing.

The signed token in the address is all the permission there is, and a page of another site does not have it: so
posts need no token of the browser's, and mail programs can send them by themselves.
"""

from django.core import signing
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments.models import Comment, Status
from comments.muting import recipient_of
from comments.proof import comment_to_prove, prove
from comments.views import HttpResponseSeeOther, under_a_live_story


@under_a_live_story
def proof(request, edition, *, token):
    """Shows a comment to whoever reads the mail of its address; a POST says that they wrote it."""
    try:
        comment = comment_to_prove(token, article=edition.article_id)
    except signing.SignatureExpired:
        return render(request, "comments/proof_expired.html", {"edition": edition}, status=410)
    except (signing.BadSignature, Comment.DoesNotExist):
        raise Http404 from None
    if request.method == "POST":
        prove(comment)
        return HttpResponseSeeOther(request.path)
    is_public = comment.status == Status.APPROVED
    context = {"edition": edition, "comment": comment, "is_public": is_public}
    return render(request, "comments/proof.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def mute(request, *, token):
    """Asks whether to stop the letters; a POST stops them, or with `again` has them sent again (RFC 8058)."""
    recipient = recipient_of(token)
    if recipient is None:
        raise Http404
    if request.method == "POST":
        if "again" in request.POST:
            recipient.unmute()
        else:
            recipient.mute()
    return render(request, "comments/mute.html", {"recipient": recipient})
