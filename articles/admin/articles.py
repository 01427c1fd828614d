"""Stories: the list, the form that writes them, and the way from it to the pages that publish them."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import readiness, times, workflow
from articles.admin import rights
from articles.admin.editor import EditorPage
from articles.admin.images import body_at_the_desk
from articles.admin.log import lines_of, sent_back
from articles.admin.past import PastPage
from articles.admin.previewing import Previewing
from articles.admin.publishing_pages import PublishingPages
from articles.admin.reviewing import ReviewPages, publishers, submitted_message
from articles.admin.rows import BylineInline, CitationInline, PlainSelect, RelatedPickInline, suggestions_of
from articles.admin.story_list import StoryList, state_pill
from articles.admin.story_pages import to_page
from articles.admin.together import Together
from articles.forms import ArticleForm
from articles.models import Article, ArticleTag, Author, Edition, Section
from articles.models.article import Stage, State
from articles.picture_forms import LeadPictureField
from articles.rich_text import word_count
from articles.search import newest_holding, phrases_of
from articles.shown import changes, thread
from articles.times import moment_text
from articles.workflow import Role, Verb

MOST_SUGGESTED = 20
LOOKED_AT = 1_000  # stories of which some are suggested; of others the address is pasted
LOG_SHOWN = 20


@admin.register(Article)
class ArticleAdmin(EditorPage, Together, Previewing, PastPage, StoryList, PublishingPages, ReviewPages):
    form = ArticleForm
    inlines = [CitationInline, BylineInline, RelatedPickInline]
    change_form_template = "admin/articles/article/change_form.html"
    readonly_fields = ["body_as_read"]
    save_on_top = False

    def get_fieldsets(self, request, obj=None):
        may_write = self.has_change_permission(request, obj) if obj else True
        filing = ["kind", "section", "coverage", "language", "tags"]
        going_live = ["slug", "embargo_until", "is_open_to_comments", "is_cut"]
        return [
            (_("Article"), {"fields": ["headline", "standfirst", "body" if may_write else "body_as_read"]}),
            (_("Publishing"), {"classes": ["side"], "fields": [*filing, *going_live]}),
            (_("Picture"), {"classes": ["side"], "fields": ["image"]}),
        ]

    def pages(self):
        return {"suggest": ("suggest/", self.suggest_view), **super().pages()}

    # Who may do what. A story of somebody else is not in a reporter's list, and its pages answer 403.

    def get_queryset(self, request):
        articles = self.with_names(super().get_queryset(request).with_state())
        if rights.sees_every_story(request.user):
            return articles
        return articles.listed_for(request.user)

    def get_object(self, request, object_id, from_field=None):
        try:
            pk = self.opts.pk.to_python(object_id)
        except ValidationError:
            return None
        articles = rights.with_ownership(Article.objects.with_state(), user=request.user)
        return articles.select_related("updated_by", "section").filter(pk=pk).first()

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None or rights.may_view(request.user, obj)
        )

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or rights.may_edit(request.user, obj)
        )

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (
            obj is None or rights.may_delete(request.user, obj)
        )

    # The form.

    def get_changeform_initial_data(self, request):
        """Section and language of the last story that this person began; else the first section."""
        last = Article.objects.filter(created_by=request.user).order_by("-pk").first()
        first = Section.objects.first()
        section = last.section_id if last else first and first.pk
        language = {"language": last.language} if last else {}
        return {"section": section} | language | super().get_changeform_initial_data(request)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, BylineInline) and obj.pk is None and request.method == "GET":
            author = Author.objects.filter(user=request.user).first()
            kwargs["initial"] = [{"author": author.pk}] if author else []
        return kwargs

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "image":
            return db_field.formfield(form_class=LeadPictureField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("section", "coverage"):
            field.widget.can_change_related = field.widget.can_delete_related = (
                field.widget.can_view_related
            ) = False
            field.widget.can_add_related &= db_field.name == "coverage"
        if db_field.name == "coverage":
            field.widget.widget = PlainSelect(field.widget.attrs)
        if db_field.name == "tags":
            field.widget.attrs |= {
                "data-suggest": suggestions_of(ArticleTag, "tag"),
                "data-suggest-many": ",",
            }
            field.help_text = _("Comma between tags. Existing tags are suggested.")
        if db_field.name == "body":
            field.help_text = _("[s1] typed in the text cites the first source.")
        return field

    @admin.display(description=gettext_lazy("body"))
    def body_as_read(self, article):
        """The body for those who may look at it only, its markers numbered. Safe HTML."""
        return body_at_the_desk(article, article.citation_numbers())

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= self._about(request, obj) if obj else _about_new()
        context["may_write"] = self.has_change_permission(request, obj) if obj else True
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )

    def _about(self, request, article):
        """What the bar and the side column say of a story that exists."""
        filing = ("path", "article", "section", "coverage", "published_at")
        live = Edition.objects.filter(pk=article.live_edition_id).only(*filing).first()
        may_publish = rights.may_publish(request.user, article)
        lines = lines_of(article, most=LOG_SHOWN)
        ready = readiness.of(article, live_from=times.now())
        readiness.keep_count(article, ready)
        return {
            "state": state_pill(article.state),
            "saved": _saved(article),
            "live_edition": live,
            "live_path": live and live.get_absolute_url(),
            "planned": article.planned_at and moment_text(article.planned_at),
            "may_publish": may_publish,
            "publishers": [] if may_publish else publishers(),
            "stage": workflow.state_words(article),
            "may_submit": workflow.may_once_changed(request.user, Verb.SUBMIT, article),
            "has_versions": bool(article.was_live),
            "words": word_count(article.body),
            "ready": ready,
            "log": lines,
            "sent_back": sent_back(lines),
        }

    def save_model(self, request, obj, form, change):
        """Writes what the form changed and nothing else: stage and fingerprint are not the form's to keep."""
        if not change:
            obj.created_by = request.user
            obj.save()
        elif names := [name for name in form.changed_data if name != "tags"]:
            obj.save(update_fields=names)
            if "is_open_to_comments" in names:
                changes(thread(obj.pk))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        article, before = form.instance, form.instance.fingerprint
        article.stamp(by=request.user)
        is_editor = Role.EDITOR in workflow.roles_of(request.user, article)
        if article.stage == Stage.APPROVED and article.fingerprint != before and not is_editor:
            workflow.reopen(article, by=request.user)
            said = _("The story had been approved with other words, so it is in review again.")
            messages.warning(request, said)

    def response_add(self, request, obj, post_url_continue=None):
        return self._led_on(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._led_on(request, obj) or super().response_change(request, obj)

    def _led_on(self, request, obj):
        """To where the button pressed leads after the save; None where that is for others to say."""
        if "_submit" in request.POST:
            return self._to_review(request, obj)
        for name, page in (("_publish", "publish"), ("_continue", "change")):
            if name in request.POST and "_preview" not in request.POST:
                messages.success(request, _("The story is saved."))
                return to_page(page, obj)
        return None

    def _to_review(self, request, obj):
        try:
            workflow.move(obj, Verb.SUBMIT, by=request.user)
        except workflow.WorkflowRefused as refusal:
            messages.warning(request, f"{_('Your words are saved.')} {' '.join(refusal.messages)}")
        else:
            messages.success(request, submitted_message(request.user, obj))
        return to_page("change", obj)

    def suggest_view(self, request):
        """Stories on the site whose headline holds the words of `term`, for the rows of related articles."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        term = request.GET.get("term", "").strip()
        rows = [{"id": edition.article_id, "text": edition.headline} for edition in _suggested(term)]
        return JsonResponse({"results": rows})


def _suggested(term):
    """Stories on the site for what somebody typed: of the newest, and of the newest that hold these very words."""
    if not term:
        return []
    live, phrases = Edition.objects.live(at=times.now()), phrases_of(term)
    keys = set(live.newest_first().values_list("pk", flat=True)[:LOOKED_AT])
    if phrases:
        keys.update(newest_holding(live, phrases, most=LOOKED_AT).values_list("pk", flat=True))
    found = Edition.objects.newest_first().filter(pk__in=keys, headline__icontains=term)
    return found.only("article_id", "headline")[:MOST_SUGGESTED]


def _about_new():
    return {"state": state_pill(State.DRAFT), "may_submit": True, "ready": readiness.of_new()}


def _saved(article):
    """`Saved 14:22 by Editor`, with the day where it was not today."""
    local = timezone.localtime(article.updated_at)
    is_today = local.date() == timezone.localdate()
    when = date_format(local, "H:i") if is_today else moment_text(article.updated_at)
    return _("Saved %(when)s by %(who)s") % {"when": when, "who": article.updated_by or article.created_by}
