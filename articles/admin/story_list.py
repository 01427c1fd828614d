"""The list of articles: its columns, its filters, and what its search understands."""

from urllib.parse import unquote, urlsplit

from django.contrib import admin
from django.db.models import Prefetch, Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.admin.desk import DeskAdmin
from articles.admin.uses import UsingFilter
from articles.models import Address, Article, Author, Byline, Coverage, Source, Tag, TagAlias
from articles.models.article import State
from articles.models.language import language_choices
from articles.models.tags import tag_key
from articles.times import moment_text

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
        return queryset.perhaps_in(self.value(), at=times.now()).filter(state=self.value())


class LanguageFilter(admin.SimpleListFilter):
    """The languages that the newest stories are in, not the eighty they could be in, and the one chosen."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        newest = Article.objects.order_by("-pk").values_list("language", flat=True)[:LOOKED_AT]
        names = dict(language_choices())
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
        return queryset.among(Article.objects.filter(tag_rows__tag__in=list(tags)))


class CoverageFilter(UsingFilter):
    title, parameter_name = gettext_lazy("coverage"), "coverage"
    model, used_in = Coverage, "coverage"


class AuthorFilter(UsingFilter):
    title, parameter_name = gettext_lazy("author"), "author"
    model, used_in = Author, "bylines__author"


class SourceFilter(UsingFilter):
    title, parameter_name = gettext_lazy("source"), "source"
    model, used_in = Source, "citations__source"


class StoryList(DeskAdmin):
    """The change list of articles."""

    list_display = ["state_as_pill", "headline", "section", "names", "changed"]
    list_display_links = ["headline"]
    list_filter = [
        StateFilter, "section", LanguageFilter, "kind", TagFilter, CoverageFilter, AuthorFilter, SourceFilter,
    ]  # fmt: skip
    list_select_related = ["section", "updated_by"]
    list_per_page = 50
    search_fields = ["headline", "body", "slug"]
    search_help_text = gettext_lazy("Search in headline, body and address.")
    ordering = ["-updated_at", "-pk"]
    actions = None
    # {annotation's name: (expression over a story, column that prints it)} of what apps above know of a story.
    columns_above: dict = {}

    def get_list_display(self, request):
        *columns, changed = super().get_list_display(request)
        return [*columns, *(column for _expression, column in self.columns_above.values()), changed]

    def get_queryset(self, request):
        known = {name: expression for name, (expression, _column) in self.columns_above.items()}
        return super().get_queryset(request).annotate(**known)

    def get_search_results(self, request, queryset, search_term):
        if "/" not in search_term:
            return super().get_search_results(request, queryset, search_term)
        try:
            path = unquote(urlsplit(search_term.strip()).path)
        except ValueError:  # a bracket that is not closed, a port that is no number
            return super().get_search_results(request, queryset, search_term)
        found = Address.objects.filter(path__icontains=path).values("article")
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
