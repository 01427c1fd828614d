"""Sources: one record for every story that cites it."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.desk import PrintedAdmin
from articles.forms import SourceForm
from articles.models import Citation, Source


@admin.register(Source)
class SourceAdmin(PrintedAdmin):
    printed = frozenset({"title", "publisher", "url", "language"})
    printed_in = "citations__source"
    form = SourceForm
    list_display = ["title", "publisher", "url", "cited"]
    search_fields = ["title", "publisher", "url"]
    search_help_text = gettext_lazy("Search in title, publisher and address.")
    fields = ["title", "publisher", "url", "language", "slug"]

    def get_queryset(self, request):
        citing = Citation.objects.filter(source=OuterRef("pk")).order_by().values("source")
        count = Subquery(citing.annotate(count=Count("pk")).values("count"))
        return super().get_queryset(request).annotate(story_count=Coalesce(count, 0))

    @admin.display(description=gettext_lazy("cited by"), ordering="story_count")
    def cited(self, source):
        return ngettext("%(count)s story", "%(count)s stories", source.story_count) % {
            "count": source.story_count
        }

    def still_to_publish(self, count):
        return ngettext(
            "%(count)s story cites this source. Readers see the new words when it is published again.",
            "%(count)s stories cite this source. Readers see the new words when they are published again.",
            count,
        ) % {"count": count}
