"""How many stories use a name of the desk's, which they are, and the names that none uses."""

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import get_script_prefix, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from articles.admin.desk import DeskAdmin
from articles.forms import number_of
from articles.kept import kept
from articles.models import Article, Edition
from articles.paging import CountUpTo

COUNTED_UP_TO = 100  # stories of one name: a list has a hundred of them


class UseFilter(admin.SimpleListFilter):
    """Names that some story carries or an edition printed, and those that could go."""

    title = gettext_lazy("use")
    parameter_name = "use"
    USED, UNUSED = "used", "unused"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.model_admin = model_admin

    def lookups(self, request, model_admin):
        return [(self.USED, _("Used by a story")), (self.UNUSED, _("Unused"))]

    def queryset(self, request, queryset):
        if self.value() == self.USED:
            return queryset.filter(self.model_admin.is_used())
        return queryset.exclude(self.model_admin.is_used()) if self.value() == self.UNUSED else queryset


class UsedByStories(DeskAdmin):
    """A list that says of each row how many working copies use it (`used_by`), and leads to them.

    `used_in` is the way from Article to the row, `read_in` that from Edition, `listed_by` the filter of the list
    of articles that takes the row's key. Its `list_filter` names UseFilter.
    """

    used_in = ""
    read_in = ""
    listed_by = ""

    def get_queryset(self, request):
        using = self._uses().values("pk")[: COUNTED_UP_TO + 1]
        return super().get_queryset(request).annotate(story_count=CountUpTo(using))

    def _uses(self):
        """The working copies that use a row of an outer query, or the rows beside them, one of each, that say so."""
        way, _parts, column = self.used_in.rpartition("__")
        model = Article._meta.get_field(way).related_model if way else Article
        return model._default_manager.filter(**{column: OuterRef("pk")}).order_by()

    def is_used(self):
        """The condition that a working copy has it, or that an edition printed it, read or planned."""
        return Exists(self._uses()) | Exists(Edition.objects.filter(**{self.read_in: OuterRef("pk")}))

    def listed_as(self, row):
        """What the list of articles calls it in its address."""
        return row.pk

    @admin.display(description=gettext_lazy("used by"), ordering="story_count")
    def used_by(self, row):
        if not row.story_count:
            return "—"
        said = kept(
            ("used by", get_language(), row.story_count, COUNTED_UP_TO), lambda: _said(row.story_count)
        )
        # A hundred rows lead to the same list.
        stories = kept(("stories", get_script_prefix()), lambda: reverse("admin:articles_article_changelist"))
        query = urlencode({self.listed_by: self.listed_as(row)})
        return format_html('<a href="{}?{}">{}</a>', stories, query, said)


def _said(count):
    """How many stories these are, in words; more than COUNTED_UP_TO are not told apart."""
    said = ngettext("%(count)s story", "%(count)s stories", count)
    if count > COUNTED_UP_TO:
        said = _("More than %(count)s stories")
    return said % {"count": number_format(min(count, COUNTED_UP_TO), force_grouping=True)}


class UsingFilter(admin.SimpleListFilter):
    """Of the list of articles, those that use one row of `model`, named by its key.

    `column` of `rows`, which are Articles or belong to one each, says which row that is.

    It stands beside the list only while it is on: there are more names than a list of choices could hold.
    """

    model: type[models.Model]
    rows: type[models.Model]
    column = ""

    def lookups(self, request, model_admin):
        key = self.used_parameters.get(self.parameter_name, "")
        number = number_of(key)
        found = number is not None and self.model._default_manager.filter(pk=number).first()
        return [(key, str(found))] if found else []

    def queryset(self, request, queryset):
        if not self.lookup_choices:
            return queryset
        used = {self.column: int(self.value())}
        if self.rows is Article:
            return queryset.filter(**used)
        return queryset.among(self.rows._default_manager.filter(**used), way="article")
