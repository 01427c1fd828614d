"""What files stories and orders the front page: sections, coverage, pins."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from articles.admin.desk import DeskAdmin, NamedAdmin
from articles.admin.uses import UsedByStories, UseFilter
from articles.forms import PinForm
from articles.models import Coverage, Pin, Section
from articles.times import moment_text


@admin.register(Section)
class SectionAdmin(UsedByStories, NamedAdmin):
    used_in, read_in, listed_by = "section", "section", "section__id__exact"
    list_display = ["name", "slug", "position", "used_by"]
    list_filter = [UseFilter]
    search_fields = ["name"]
    fields = ["name", "slug", "position", "about"]


@admin.register(Coverage)
class CoverageAdmin(UsedByStories, NamedAdmin):
    used_in, read_in, listed_by = "coverage", "coverage", "coverage"
    list_display = ["name", "slug", "used_by"]
    list_filter = [UseFilter]
    search_fields = ["name"]
    fields = ["name", "slug", "about"]


@admin.register(Pin)
class PinAdmin(DeskAdmin):
    """Pins. What the front page showed stays on record: a pin that has begun can only be ended, and stays."""

    form = PinForm
    list_display = ["article", "place", "position", "begins", "ends"]
    list_filter = ["place"]
    list_select_related = ["article"]
    raw_id_fields = ["article"]
    fields = ["article", "place", "position", "pinned_from", "pinned_until"]

    def get_readonly_fields(self, request, obj=None):
        begun = ["article", "place", "position", "pinned_from"] if obj and obj.has_begun() else []
        return [*super().get_readonly_fields(request, obj), *begun]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.has_ended())

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.has_begun())

    @admin.display(description=gettext_lazy("from"), ordering="pinned_from")
    def begins(self, pin):
        return moment_text(pin.pinned_from)

    @admin.display(description=gettext_lazy("until"), ordering="pinned_until")
    def ends(self, pin):
        return moment_text(pin.pinned_until) if pin.pinned_until else "—"
