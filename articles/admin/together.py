"""Several people on one story: who has it open, what each has typed and not saved, and no save over another's.

The form of a story carries the version that it was opened with. A post with another version than the stored one
writes nothing: the page comes back (409) with both texts and everything that was typed, and a second, deliberate
save decides. The row is locked before its version is read, so that of two posts at once one comes second.
"""

import json
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.forms.utils import ErrorDict, ErrorList
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from articles import times
from articles.admin import sheets
from articles.admin.citation_keys import with_free_keys
from articles.admin.notes import DeskNotes
from articles.models import Article, Autosave, Presence, User
from articles.times import moment_text

SAVES_REMEMBERED = 10  # forms that were saved lately, by the name that the browser gave them
# What a form sends that is no word of the story.
_NOT_TYPED = {"csrfmiddlewaretoken", "unanswered", "who"}


class _HeldForm:
    """A form that shows what was typed as it stands: not judged, and not to be saved."""

    def full_clean(self):
        self._errors, self.cleaned_data = ErrorDict(), {}

    def is_valid(self):
        return False


class _HeldRows:
    """A formset of which the same is true."""

    def full_clean(self):
        self._errors, self._non_form_errors = [], ErrorList()

    def is_valid(self):
        return False


def held_form(form_class):
    return type(form_class.__name__, (_HeldForm, form_class), {})


def held_rows(formset_class):
    return type(formset_class.__name__, (_HeldRows, formset_class), {"form": held_form(formset_class.form)})


@dataclass
class Visit:
    """What the page of this request is besides the form itself."""

    is_held: bool = False
    has_draft: bool = True  # whether this person may have kept words of the story
    meeting: "Meeting | None" = None


@dataclass
class Meeting:
    """Words typed over a version that somebody has saved meanwhile. `parts` are those that differ."""

    article: Article
    opened: dict
    stored: sheets.Sheet
    typed: sheets.Sheet
    formsets: list
    parts: list = field(default_factory=list)

    @property
    def can_keep_both(self):
        return bool(self.opened) and not any(part.is_contested for part in self.parts)

    def put_theirs(self, data, *, with_fields):
        """Writes what was saved meanwhile into the data: rows always, fields only where both are kept."""
        theirs = self.stored.changed_since(self.opened)
        mine = {part.name for part in self.parts if part.is_mine}
        for name in theirs & set(self.stored.fields) - mine if with_fields else ():
            data[name] = self.stored.fields[name]
        for formset in self.formsets:
            name = formset.prefix
            if name in theirs:
                stored, typed = self.stored.rows[name], self.typed.rows[name]
                rows = sheets.rows_over(stored=stored, typed=typed) if name in mine else stored
                sheets.put_rows(data, formset, rows, article_id=self.article.pk)


class Together(DeskNotes):
    """What the article's form needs where several work on it. Works without scripts; together.js adds to it."""

    class Media:
        js = ["desk/together.js"]

    def pages(self):
        return {
            "autosave_new": ("add/autosave/", self.autosave_view),
            "autosave": ("<int:pk>/autosave/", self.autosave_view),
            "presence": ("<int:pk>/presence/", self.presence_view),
            **super().pages(),
        }

    # The form, as it arrives.

    def _changeform_view(self, request, object_id, form_url, extra_context):
        """Runs inside the admin's transaction, before anything is read for the form."""
        request.visit = Visit()
        if request.method == "POST":
            answer = self._arrive(request, _key_from(self, object_id))
            if answer:
                return answer
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def _arrive(self, request, pk):
        """Looks at a post before the form does. Returns the answer where the form is not to see it at all."""
        if "_restore" in request.POST:
            return self._bring_back(request, pk)
        if pk is None:
            request.POST = with_free_keys(request.POST, article=Article())
            return self._find_saved(request)
        own_draft = Autosave.objects.filter(article=OuterRef("pk"), user=request.user)
        stored = Article.objects.select_for_update().filter(pk=pk).annotate(has_draft=Exists(own_draft))
        for article in stored.only("version", "body"):
            request.POST = with_free_keys(request.POST, article=article)
            request.visit.has_draft = article.has_draft
            if request.POST.get("version") != str(article.version):
                return self._compare(request, pk)
        return None

    def _compare(self, request, pk):
        article = self.get_object(request, str(pk))
        if not self.has_change_permission(request, article):
            return None  # the form says so
        return self._meet(request, article)

    def _meet(self, request, article):
        meeting = self._meeting(request, article)
        if not meeting.parts:  # sent twice, or the answer was lost on its way
            self._settle(request, article, is_new=False)
            return self.response_change(request, article)
        data, version = request.POST.copy(), str(article.version)
        is_merging = data.get("_both") == version and meeting.can_keep_both
        if is_merging:
            meeting.put_theirs(data, with_fields=True)
        if is_merging or data.get("_over") == version:
            data["version"], data["opened"] = version, json.dumps(meeting.stored.hashes())
            data["_continue"] = "1"
        else:
            meeting.put_theirs(data, with_fields=False)
            request.visit.is_held, request.visit.meeting = True, meeting
        request.POST = data
        return None

    def _meeting(self, request, article):
        form_class, lists = self._form_classes(request, article)
        form, formsets = form_class(instance=article), [make() for make in lists]
        stored = sheets.stored_sheet(form, formsets)
        typed = sheets.typed_sheet(request.POST, form, formsets)
        copy = self.get_object(request, str(article.pk))  # which cleaning the form writes on
        cleaned = sheets.cleaned_sheet(typed, form_class(request.POST, instance=copy))
        opened = sheets.hashes_from(request.POST.get("opened"))
        meeting = Meeting(article, opened, stored, typed, formsets)
        meeting.parts = sheets.differing_parts(
            stored=stored, typed=typed, cleaned=cleaned, opened=opened, form=form, formsets=formsets
        )
        return meeting

    def _form_classes(self, request, article):
        """The form of a story, and functions that make its lists of rows as they are stored."""
        names = [
            name for _title, options in self.get_fieldsets(request, article) for name in options["fields"]
        ]
        form_class = self.get_form(request, article, change=article.pk is not None, fields=names)
        lists = [
            lambda kind=kind, inline=inline: kind(
                instance=article, prefix=kind.get_default_prefix(), queryset=inline.get_queryset(request)
            )
            for kind, inline in self.get_formsets_with_inlines(request, article)
        ]
        return form_class, lists

    def _bring_back(self, request, pk):
        """Puts kept words into the form: those of this person's draft, or those that the browser sent along."""
        if request.POST["_restore"] == "browser":
            messages.info(
                request, _("These are the words that this browser kept. Save them if they are right.")
            )
        else:
            draft = Autosave.objects.of(request.user, pk).first()
            if draft is None:
                messages.info(request, _("No unsaved words of yours are kept for this story any more."))
                return HttpResponseRedirect(request.path)
            request.POST = sheets.query_dict(draft.fields)
            kept = _("These are the words kept at %(when)s. Save them if they are right.")
            messages.info(request, kept % {"when": clock(draft.saved_at)})
        request.visit.is_held = True
        return None

    def _find_saved(self, request):
        """A new story that was saved already, and whose answer was lost on its way: its form came once more."""
        name = request.POST.get("submission")
        if name:
            # A second press comes while the first is being saved: it waits, and reads what that has noted.
            User.objects.select_for_update().get(pk=request.user.pk)
            stored = type(request.session)(request.session.session_key)
            request.session["desk_saved"] = stored.get("desk_saved", [])
        pk = dict(request.session.get("desk_saved", ())).get(name)
        article = pk and self.get_object(request, str(pk))
        if not article or not self.has_change_permission(request, article):
            return None
        self._keep(request, article)
        messages.info(
            request, _("This story was saved when you sent it first. It is not made a second time.")
        )
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        # Parts of a form are sent as they are; else letters of other scripts would take three times their room.
        form_class = type(form_class.__name__, (form_class,), {"is_multipart": lambda form: True})
        return held_form(form_class) if _visit(request).is_held else form_class

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            yield (held_rows(formset) if _visit(request).is_held else formset), inline

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self._settle(request, form.instance, is_new=not change)

    def _settle(self, request, article, *, is_new):
        """The words are saved: nothing of them has to be kept, and the browser may hear so.

        What another window of this person has kept are other words.
        """
        if _visit(request).has_draft and not request.POST.get("unanswered"):
            drafts = Autosave.objects.of(request.user, None if is_new else article)
            kept_by = drafts.values_list("fields__submission", flat=True).first()
            if kept_by in (None, [request.POST.get("submission", "")]):
                drafts.delete()
        if name := request.POST.get("submission"):
            saved = [*request.session.get("desk_saved", ()), [name[:64], article.pk]]
            request.session["desk_saved"] = saved[-SAVES_REMEMBERED:]
            request.session.save()  # together with the story

    # The form, as it is shown.

    def render_change_form(self, request, context, **kwargs):
        article = kwargs.get("obj")
        if context.get("may_write"):
            context |= self._beside(request, context, article)
        if article:
            context |= self.notes_of(request, article)
        response = super().render_change_form(request, context, **kwargs)
        if _visit(request).meeting:
            response.status_code = 409
        return response

    def _beside(self, request, context, article):
        now, visit = times.now(), _visit(request)
        form = context["adminform"].form
        others = []
        if article:
            Presence.objects.mark(article=article, user=request.user, at=now)
            others = who_else(article, request.user, now=now)
        if form.is_bound:
            sent = request.POST
            version, opened, offer = sent.get("version", ""), sent.get("opened", ""), None
        else:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            stored = sheets.stored_sheet(form, formsets)
            version, opened = str(article.version if article else 0), json.dumps(stored.hashes())
            offer = self._offer(request, article, form, formsets, stored)
        return {
            "version": version,
            "opened": opened,
            "submission": request.POST.get("submission", ""),
            "unanswered": offer["stamp"] if offer else request.POST.get("unanswered", ""),
            "others": others,
            "offer": offer,
            "meeting": visit.meeting,
            "newer": article and _newer(article, request.user),
            "desk_script": self._for_script(request, article, is_unsaved=form.is_bound),
        }

    def _offer(self, request, article, form, formsets, stored):
        """What to say of this person's kept words, if they hold any that are not in the stored story."""
        draft = Autosave.objects.of(request.user, article).first()
        if draft is None:
            return None
        data = sheets.query_dict(draft.fields)
        typed = sheets.typed_sheet(data, form, formsets)
        opened = sheets.hashes_from(data.get("opened"))
        parts = sheets.differing_parts(
            stored=stored, typed=typed, cleaned=typed, opened=opened, form=form, formsets=formsets
        )
        if not any(part.is_mine for part in parts):
            return None
        is_behind = bool(article) and draft.version != article.version
        return {"when": clock(draft.saved_at), "stamp": draft.saved_at.isoformat(), "is_behind": is_behind}

    def _for_script(self, request, article, *, is_unsaved):
        """What together.js has to know, with its sentences in the desk's language."""
        if article:
            autosave = reverse("admin:articles_article_autosave", args=[article.pk])
            presence = reverse("admin:articles_article_presence", args=[article.pk])
        else:
            autosave, presence = reverse("admin:articles_article_autosave_new"), ""
        saved = [name for name, _pk in request.session.get("desk_saved", ())]
        return {
            "who": str(request.user.pk), "autosave": autosave, "presence": presence, "saved": saved,
            "isUnsaved": is_unsaved, "words": _script_words(),
        }  # fmt: skip

    # What the script asks.

    def autosave_view(self, request, pk=None):
        """GET: a fresh token and the news of the story. POST: keeps the form's fields, or throws them away."""
        article = self._writable(request, pk)
        if request.method == "POST" and "_throw_away" in request.POST:
            Autosave.objects.of(request.user, article).delete()
            is_for_script = request.headers.get("X-Desk") == "script"
            return JsonResponse({}) if is_for_script else HttpResponseRedirect(_form_address(article))
        answer = {"who": str(request.user.pk)}
        if request.method == "POST":
            self._ask_who(request)
            answer |= self._keep(request, article)
        else:
            answer["token"] = get_token(request)
        return JsonResponse(answer | self._news(request, article))

    def presence_view(self, request, pk):
        """Says that this person has the story open still, or with `leave` no longer; gives the news of it."""
        article = self._writable(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._ask_who(request)
        if "leave" in request.POST:
            Presence.objects.filter(article=article, user=request.user).delete()
            return JsonResponse({})
        return JsonResponse(self._news(request, article))

    def _writable(self, request, pk):
        """The story of that id, or None for a new one. Raises what keeps this person from writing it."""
        if pk is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return None
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article

    def _ask_who(self, request):
        """Refuses words that somebody else typed before this person signed in with the same browser."""
        if request.POST.get("who", str(request.user.pk)) != str(request.user.pk):
            raise PermissionDenied(_("Somebody else is signed in with this browser now."))

    def _keep(self, request, article):
        """Keeps the fields as this person's draft. Older words that they have not decided on stay instead."""
        drafts, now = Autosave.objects.of(request.user, article), times.now()
        if request.POST.get("unanswered") and drafts.exists():
            return {"isKept": False}
        fields = {
            name: [value.replace("\x00", "") for value in values]  # PostgreSQL's JSON cannot hold it
            for name, values in request.POST.lists()
            if name not in _NOT_TYPED and not name.startswith("_") and "\x00" not in name
        }
        version = request.POST.get("version", "")
        Autosave.objects.keep(
            user=request.user, article=article, fields=fields, at=now,
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )  # fmt: skip
        return {"isKept": True, "said": _("Kept %(time)s") % {"time": _time(now, "H:i:s")}}

    def _news(self, request, article):
        """Who else has the story open, and whether it was saved since this form was opened."""
        if article is None:
            return {"others": [], "news": ""}
        if request.method == "POST":
            Presence.objects.mark(article=article, user=request.user, at=times.now())
        others = who_else(article, request.user, now=times.now())
        opened = request.POST.get("version", str(article.version))
        is_behind = opened != str(article.version)
        return {"others": others, "news": _newer(article, request.user) if is_behind else ""}


def _visit(request):
    return getattr(request, "visit", None) or Visit()


def _key_from(admin, object_id):
    """The story's id of an address of the admin, None for a new story or an address that cannot be one."""
    try:
        return None if object_id is None else admin.opts.pk.to_python(object_id)
    except ValidationError:
        return None


def _form_address(article):
    if article is None:
        return reverse("admin:articles_article_add")
    return reverse("admin:articles_article_change", args=[article.pk])


def _time(moment, form):
    return date_format(timezone.localtime(moment), form)


def clock(moment):
    """A moment as the desk says it: the time alone where it is today's, else the day too."""
    is_today = timezone.localtime(moment).date() == timezone.localdate()
    return _time(moment, "H:i") if is_today else moment_text(moment)


def who_else(article, user, *, now):
    """A sentence for each other person who has the story open: `Ana is editing this (2 minutes ago)`."""
    return [
        _("%(who)s is editing this (%(when)s)") % {"who": row.user, "when": _ago(row.seen_at, now)}
        for row in Presence.objects.others(article=article, user=user, at=now)
    ]


def _ago(moment, now):
    if (now - moment).total_seconds() < 60:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


def _newer(article, user):
    """`Ana saved a newer version at 14:22.`"""
    when = clock(article.updated_at)
    if article.updated_by == user:
        return _("You saved a newer version at %(when)s, in another window.") % {"when": when}
    return _("%(who)s saved a newer version at %(when)s.") % {"who": article.updated_by, "when": when}


def _script_words():
    return {
        "offline": _("Not kept: no connection. Your words stay in this browser."),
        "refused": _("Not kept: the desk did not take them. Your words stay in this browser."),
        "large": _("Not kept: the story is larger than 5 MB. Shorten it, or make two stories of it."),
        "undecided": _(
            "Not kept: decide first about the older words, above. Your words stay in this browser."
        ),
        "noRoom": _("Not kept: no connection, and no room in this browser. Copy your words to a safe place."),
        "signedOut": _("You are signed out. Open the desk in another tab, sign in, and go on here."),
        "another": _("Somebody else is signed in with this browser now. Sign in as yourself in another tab."),
        "notYours": _("You may not edit this story any more. Copy your words if you want to keep them."),
        "notSaved": _("Not saved: no connection. Your words stay in this browser. Try again in a moment."),
        "tooLarge": _("Not saved: the story is larger than 5 MB. Shorten it, or make two stories of it."),
    }
