"""Desk notes: what the desk says to itself about a story, beside its form and never in it.

The box has a form of its own, so that a note neither saves nor loses the words that are being typed. A script
sends it and puts the answer in the box's place; without one it opens as a page in a window of its own.
"""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.admin.story_pages import StoryPages, to_page
from articles.forms import number_of
from articles.models import DeskNote
from articles.workflow import Verb, may

LONGEST = DeskNote._meta.get_field("text").max_length


class NoteField(forms.CharField):
    """Plain text. A browser sends every line's end as two characters, which count as one."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class NoteForm(forms.Form):
    text = NoteField(
        label=gettext_lazy("New note"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "form": "desk-note", "maxlength": None}),
        error_messages={
            "required": gettext_lazy("Write the note first."),
            "max_length": gettext_lazy(
                "The note has %(show_value)d characters. Shorten it to %(limit_value)d or fewer."
            ),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="id_note_%s", label_suffix="", **kwargs)
        del self.fields["text"].widget.attrs["maxlength"]  # what is too long is said, and not cut off


class DeskNotes(StoryPages):
    """The box of a story's notes and the page that takes them."""

    def pages(self):
        return {"notes": ("<int:pk>/notes/", self.notes_view), **super().pages()}

    def notes_view(self, request, pk):
        """Adds a note (`text`), or resolves or reopens one (`resolve`, `reopen`: its id); shows them all."""
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        form = NoteForm()
        if request.method == "POST":
            if not may(request.user, Verb.NOTE, article):
                raise PermissionDenied(_("Your account may read the notes of this story, not write any."))
            form = self._carry_out(request, article)
        is_done = request.method == "POST" and not form.is_bound
        is_for_script = request.headers.get("X-Desk") == "script"
        if is_done and not is_for_script:
            return to_page("notes", article)
        name = "_notes" if is_for_script else "notes"
        return self.story_page(
            request, name, article, _("Desk notes"), form=form, status=422 if form.errors else 200,
            media=forms.Media(js=["desk/together.js"]), **self.notes_of(request, article, form=form),
        )  # fmt: skip

    def notes_of(self, request, article, *, form=None):
        """What the box of notes is drawn from: the open notes first, then those that are resolved."""
        notes = list(article.desk_notes.select_related("by", "resolved_by"))
        return {
            "open_notes": [note for note in notes if not note.resolved_at],
            "resolved_notes": [note for note in notes if note.resolved_at],
            "note_form": form or NoteForm(),
            "may_note": may(request.user, Verb.NOTE, article),
            "notes_url": reverse("admin:articles_article_notes", args=[article.pk]),
        }

    def _carry_out(self, request, article):
        """Does what was asked. The form that comes back is bound where its note could not be taken."""
        for name in ("resolve", "reopen"):
            if name in request.POST:
                note = get_object_or_404(article.desk_notes, pk=number_of(request.POST[name]))
                note.resolve(by=request.user) if name == "resolve" else note.reopen()
                return NoteForm()
        form = NoteForm(request.POST)
        if form.is_valid():
            text = form.cleaned_data["text"]
            DeskNote.objects.create(article=article, by=request.user, text=text, at=times.now())
            return NoteForm()
        return form
