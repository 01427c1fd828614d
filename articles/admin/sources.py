"""Sources: one record for every story that cites it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import JsonResponse
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.desk import PrintedAdmin
from articles.admin.uses import UsedByStories, UseFilter
from articles.forms import SourceForm
from articles.models import Source

MOST_SUGGESTED = 8


@admin.register(Source)
class SourceAdmin(UsedByStories, PrintedAdmin):
    used_in, read_in, listed_by = "citations__source", "source_rows__source", "source"
    printed = frozenset({"title", "publisher", "url", "language"})
    printed_in = "citations__source"
    form = SourceForm
    list_display = ["title", "publisher", "url", "used_by"]
    list_filter = [UseFilter]
    search_fields = ["title", "publisher", "url"]
    search_help_text = gettext_lazy("Search in title, publisher and address.")
    fields = ["title", "publisher", "url", "language", "slug"]

    def pages(self):
        return {"known": ("known/", self.known_view), **super().pages()}

    def known_view(self, request):
        """Sources on record, as JSON: the one at the web address `address`, or those that hold all words of `term`."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        address, term = request.GET.get("address", "").strip(), request.GET.get("term", "").strip()
        if address:
            found = [source for source in [Source.objects.at_address(address)] if source]
        else:
            found = _holding(term) if term else []
        return JsonResponse({"results": [_as_json(source) for source in found]})

    def still_to_publish(self, count):
        return ngettext(
            "%(count)s story cites this source. Readers see the new words when it is published again.",
            "%(count)s stories cite this source. Readers see the new words when they are published again.",
            count,
        ) % {"count": count}


def _holding(words):
    """The sources whose title, publisher or address holds each of the words."""
    sources = Source.objects.order_by("title", "pk")
    for word in words.split():
        sources = sources.filter(
            Q(title__icontains=word) | Q(publisher__icontains=word) | Q(url__icontains=word)
        )
    return sources[:MOST_SUGGESTED]


def _as_json(source):
    names = ("pk", "title", "publisher", "url")
    return {name: getattr(source, name) for name in names} | {"name": str(source)}
