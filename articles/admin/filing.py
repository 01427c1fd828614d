"""What files stories and orders the front page: sections, coverage, pins."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from articles.admin.desk import DeskAdmin, NamedAdmin
from articles.forms import moment_text
from articles.models import Coverage, Pin, Section


@admin.register(Section)
class SectionAdmin(NamedAdmin):
    list_display = ["name", "slug", "position"]
    search_fields = ["name"]
    fields = ["name", "slug", "position", "about"]


@admin.register(Coverage)
class CoverageAdmin(NamedAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug", "about"]


@admin.register(Pin)
class PinAdmin(DeskAdmin):
    list_display = ["article", "place", "position", "begins", "ends"]
    list_filter = ["place"]
    list_select_related = ["article"]
    raw_id_fields = ["article"]
    fields = ["article", "place", "position", "pinned_from", "pinned_until"]

    @admin.display(description=gettext_lazy("from"), ordering="pinned_from")
    def begins(self, pin):
        return moment_text(pin.pinned_from)

    @admin.display(description=gettext_lazy("until"), ordering="pinned_until")
    def ends(self, pin):
        return moment_text(pin.pinned_until) if pin.pinned_until else "—"
