"""The footer's pages: their words are the desk's, their set and addresses are fixed."""

from django.contrib import admin

from articles.admin.desk import DeskAdmin
from articles.admin.editor import EditorPage
from articles.models import Page


@admin.register(Page)
class PageAdmin(EditorPage, DeskAdmin):
    list_display = ["title", "slug", "updated_at"]
    fields = ["title", "body"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def view_on_site(self, page):
        return f"/{page.slug}/"
