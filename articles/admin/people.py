"""People of the desk and the names that bylines print.

Administrators look after people, but superusers and permissions are a superuser's: an account that is one,
or that has more rights than the desk's groups give, can be changed by superusers only. Nobody is deleted.
"""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles.admin.desk import DeskAdmin, PrintedAdmin
from articles.admin.uses import UsedByStories, UseFilter
from articles.models import Author, User


@admin.register(User)
class UserAdmin(StockUserAdmin, DeskAdmin):
    list_display = ["username", "display_name", "email", "is_active", "is_staff", "in_groups"]
    list_filter = ["is_active", "groups"]
    search_fields = ["username", "display_name", "first_name", "last_name", "email"]
    filter_horizontal = []
    actions = None
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "display_name", "usable_password", "password1", "password2"],
            },
        )
    ]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        rights = ["is_active", "is_staff", "groups"]
        if request.user.is_superuser:
            rights += ["is_superuser", "user_permissions"]
        names = ["display_name", "first_name", "last_name", "email", "has_keyboard_shortcuts"]
        return [
            (
                None,
                {"fields": ["username", *(["password"] if self.has_change_permission(request, obj) else [])]},
            ),
            (_("Person"), {"fields": names}),
            (_("Rights"), {"fields": rights}),
            (_("Dates"), {"fields": ["last_login", "date_joined"]}),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.is_superuser or not self._has_more_than_groups(obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def _has_more_than_groups(self, person):
        if person.is_superuser or person.user_permissions.exists():
            return True
        return person.groups.exclude(name__in=self.admin_site.role_names).exists()

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = CheckboxSelectMultiple
            if not request.user.is_superuser:
                groups = db_field.remote_field.model.objects
                kwargs["queryset"] = groups.filter(name__in=self.admin_site.role_names)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("groups"))
    def in_groups(self, person):
        return ", ".join(group.name for group in person.groups.all()) or "—"


@admin.register(Author)
class AuthorAdmin(UsedByStories, PrintedAdmin):
    used_in, read_in, listed_by = "bylines__author", "author_rows__author", "author"
    printed = frozenset({"name"})
    printed_in = "bylines__author"
    list_display = ["name", "slug", "user", "used_by"]
    list_filter = [UseFilter]
    list_select_related = ["user"]
    search_fields = ["name"]
    fields = ["name", "slug", "about", "user"]

    def still_to_publish(self, count):
        return ngettext(
            "%(count)s story names this author. Readers see the new name when it is published again.",
            "%(count)s stories name this author. Readers see the new name when they are published again.",
            count,
        ) % {"count": count}
