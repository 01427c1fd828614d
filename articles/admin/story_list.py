"""The list of articles: its columns, its filters, and what its search understands."""

from urllib.parse import unquote, urlsplit

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db import connections
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.admin import rights
from articles.admin.desk import DeskAdmin
from articles.admin.uses import UsingFilter
from articles.models import (
    Address,
    Article,
    ArticleTag,
    Author,
    Byline,
    Citation,
    Coverage,
    Edition,
    Source,
    Tag,
    TagAlias,
    WorkingWords,
)  # fmt: skip
from articles.models.article import MANY, State
from articles.models.language import language_names
from articles.models.tags import tag_key
from articles.search import holding, newest_holding, phrases_of
from articles.times import moment_text

FOUND = MANY  # stories whose keys a search gathers
NARROWING_NOTHING = {SEARCH_VAR, PAGE_VAR, ORDER_VAR, ERROR_FLAG}
LOOKED_AT = 1_000  # the newest stories, whose languages are offered


def state_pill(state):
    """A State as the desk's coloured pill, with its words."""
    return format_html('<span class="state {}">{}</span>', state, State(state).label)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        if self.value() not in State.values:
            return queryset
        return queryset.in_state(self.value(), at=times.now())


class LanguageFilter(admin.SimpleListFilter):
    """The languages that the newest stories are in, not the eighty they could be in, and the one chosen."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        newest = Article.objects.order_by("-pk").values_list("language", flat=True)[:LOOKED_AT]
        names = dict(language_names())
        used = {*newest, *(names.keys() & {self.value()})}
        return [(code, names.get(code, code)) for code in sorted(used)]

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


class TagFilter(admin.SimpleListFilter):
    """A field for a tag's name: a desk has more tags than a list could show."""

    title = gettext_lazy("tag")
    parameter_name = "tag"
    template = "admin/articles/article/tag_filter.html"

    def lookups(self, request, model_admin):
        return ()

    def has_output(self):
        return True

    def choices(self, changelist):
        kept = [
            (key, value)
            for key, value in changelist.get_filters_params().items()
            if key != self.parameter_name
        ]
        kept = [(key, value[-1] if isinstance(value, list) else value) for key, value in kept]
        if changelist.query:
            kept.append(("q", changelist.query))
        yield {"value": self.value() or "", "kept": kept}

    def queryset(self, request, queryset):
        if not (name := self.value()):
            return queryset
        key = tag_key(name)
        tags = Tag.objects.filter(Q(key=key) | Q(pk__in=TagAlias.objects.filter(key=key).values("tag")))
        return queryset.among(ArticleTag.objects.filter(tag__in=list(tags)), way="content_object")


class CoverageFilter(UsingFilter):
    title, parameter_name = gettext_lazy("coverage"), "coverage"
    model, rows, column = Coverage, Article, "coverage"


class AuthorFilter(UsingFilter):
    title, parameter_name = gettext_lazy("author"), "author"
    model, rows, column = Author, Byline, "author"


class SourceFilter(UsingFilter):
    title, parameter_name = gettext_lazy("source"), "source"
    model, rows, column = Source, Citation, "source"


def _at_address(typed):
    """The keys of the stories whose address is in the text typed, or begins with it; [] where it is none."""
    try:
        path = unquote(urlsplit(typed.strip()).path)
    except ValueError:  # a bracket that is not closed, a port that is no number
        return []
    path = path[path.find("/") :]
    rows = Address.objects.filter(path__startswith=path)
    if connections[rows.db].vendor == "sqlite":  # whose LIKE reads every address
        rows = Address.objects.filter(path__gte=path, path__lt=f"{path}\U0010ffff")
    return list(rows.order_by("-path").values_list("article", flat=True)[:FOUND]) if path else []


def _lasting():
    """The editions that last: what readers have, unless a plan is to replace it, else what is planned."""
    return Edition.objects.filter(live_until=None)


def _holding(phrases, **options):
    """The keys of the newest stories that hold the phrases, as readers have them or as they are written."""
    read = newest_holding(_lasting(), phrases, most=FOUND + 1, **options)
    written = newest_holding(WorkingWords.objects.all(), phrases, most=FOUND + 1, **options)
    keys = [*read.values_list("article", flat=True), *written.values_list("pk", flat=True)]
    return list(dict.fromkeys(keys))


def _holds(phrases, **options):
    """The condition that a story does."""
    read, written = (
        holding(rows.filter(article=OuterRef("pk")), phrases, **options)
        for rows in (_lasting(), WorkingWords.objects.all())
    )
    return Exists(read) | Exists(written)


class StoryList(DeskAdmin):
    """The change list of articles."""

    list_display = ["state_as_pill", "headline", "section", "names", "changed"]
    list_display_links = ["headline"]
    list_filter = [
        StateFilter, "section", LanguageFilter, "kind", TagFilter, CoverageFilter, AuthorFilter, SourceFilter,
    ]  # fmt: skip
    list_select_related = ["section", "updated_by"]
    list_per_page = 50
    search_fields = ["headline"]  # that there is a field for it: see `get_search_results`
    search_help_text = gettext_lazy("Search for words of headline, standfirst and body, or for an address.")
    ordering = ["-updated_at", "-pk"]
    actions = None
    # {annotation's name: (expression over a story, column that prints it)} of what apps above know of a story.
    columns_above: dict = {}

    def get_list_display(self, request):
        *columns, changed = super().get_list_display(request)
        return [*columns, *(column for _expression, column in self.columns_above.values()), changed]

    def get_sortable_by(self, request):
        """All columns but the section's: that order belongs to no index, and who wants a section filters by it."""
        return [column for column in self.get_list_display(request) if column != "section"]

    def get_queryset(self, request):
        known = {name: expression for name, (expression, _column) in self.columns_above.items()}
        return super().get_queryset(request).annotate(**known)

    def get_search_results(self, request, queryset, search_term):
        """The stories at the address that is typed, or below it; else those that hold all the words; else those that
        hold words which begin so: most are typed no further than is needed.

        Up to FOUND are looked up. Of more words each story of a list that is narrowed is asked, and of the whole list
        it is the newest that are found: the list says that it shows its first rows.
        """
        found = _at_address(search_term) if "/" in search_term else []
        phrases = phrases_of(search_term)
        if found or not phrases:
            return queryset.filter(pk__in=found) if found or search_term.strip() else queryset, False
        found, options = _holding(phrases), {}
        if not found:
            options = {"are_begun": True}
            found = _holding(phrases, **options)
        is_whole = request.GET.keys() <= NARROWING_NOTHING and rights.sees_every_story(request.user)
        if len(found) > FOUND and not is_whole:
            return queryset.filter(_holds(phrases, **options)), False
        return queryset.filter(pk__in=found), False

    def with_names(self, articles):
        return articles.prefetch_related(Prefetch("bylines", Byline.objects.select_related("author")))

    @admin.display(description=gettext_lazy("state"))
    def state_as_pill(self, article):
        return state_pill(article.state)

    @admin.display(description=gettext_lazy("byline"))
    def names(self, article):
        return ", ".join(str(byline) for byline in article.bylines.all()) or "—"

    @admin.display(description=gettext_lazy("updated"), ordering="updated_at")
    def changed(self, article):
        when, who = moment_text(article.updated_at), article.updated_by
        return _("%(when)s by %(who)s") % {"when": when, "who": who} if who else when
