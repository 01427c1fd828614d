"""Tags and their aliases, and the page that merges tags."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from taggit import admin as stock_admin

from articles.admin.desk import NamedAdmin, ReadOnlyAdmin
from articles.admin.uses import UsedByStories, UseFilter
from articles.forms import MergeTagsForm, TagForm
from articles.models import Tag, TagAlias
from articles.tag_merging import merge_tags

# The stock tags are not ours. Their admin would merge without alias, redirect or log.
admin.site.unregister(stock_admin.Tag)


@admin.register(Tag)
class TagAdmin(UsedByStories, NamedAdmin):
    used_in, read_in, listed_by = "tag_rows__tag", "tag_rows__tag", "tag"
    form = TagForm
    list_display = ["name", "slug", "used_by"]
    list_filter = [UseFilter]
    search_fields = ["name", "aliases__name"]
    search_help_text = gettext_lazy("Search in names and aliases.")
    fields = ["name", "slug"]
    actions = ["merge"]

    def pages(self):
        return {"merge": ("merge/", self.merge_view), **super().pages()}

    def has_merge_permission(self, request):
        """Merging changes one tag and deletes others, so it takes both rights."""
        return self.has_change_permission(request) and super().has_delete_permission(request)

    def has_delete_permission(self, request, obj=None):
        """A tag that any story carries, or ever carried in public, can only be merged away."""
        if not super().has_delete_permission(request, obj) or obj is None:
            return False
        return not (obj.article_rows.exists() or obj.edition_rows.exists() or obj.aliases.exists())

    def listed_as(self, tag):
        return tag.name

    @admin.action(description=gettext_lazy("Merge into…"), permissions=["merge"])
    def merge(self, request, queryset):
        query = urlencode({"tag": request.POST.getlist(ACTION_CHECKBOX_NAME)}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:articles_tag_merge')}?{query}")

    def merge_view(self, request):
        """Asks which tag stays, says what will be touched, and merges by post."""
        if not self.has_merge_permission(request):
            raise PermissionDenied(_("Your account may not merge tags. Ask an editor to do it."))
        others = self._chosen(request)
        if not others:
            messages.warning(request, _("Tick the tags to merge first."))
            return HttpResponseRedirect(reverse("admin:articles_tag_changelist"))
        form = MergeTagsForm(request.POST or None, others=others)
        if (
            request.method == "POST"
            and form.is_valid()
            and self._merge(request, form.cleaned_data["into"], others)
        ):
            return HttpResponseRedirect(reverse("admin:articles_tag_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": _("Merge tags"), "form": form, "others": others, "opts": self.opts, "media": self.media,
        }  # fmt: skip
        return TemplateResponse(request, "admin/articles/tag/merge.html", context)

    def _chosen(self, request):
        ids = [number for number in request.GET.getlist("tag") if number.isdecimal() and len(number) < 18]
        return list(self.get_queryset(request).filter(pk__in=ids))

    def _merge(self, request, into, others):
        try:
            count = merge_tags(into=into, others=others, by=request.user)
        except (ProtectedError, Tag.DoesNotExist):
            messages.error(
                request, _("Somebody changed these tags at this moment. Nothing was merged; try again.")
            )
            return False
        sentence = ngettext(
            "Merged into “%(tag)s”. %(count)s story carries it instead, and the old address leads there.",
            "Merged into “%(tag)s”. %(count)s stories carry it instead, and the old addresses lead there.",
            count,
        )
        messages.success(request, sentence % {"tag": into.name, "count": count})
        return True


@admin.register(TagAlias)
class TagAliasAdmin(ReadOnlyAdmin):
    """Names that were merged away. Merging makes them."""

    list_display = ["name", "slug", "tag"]
    list_select_related = ["tag"]
    search_fields = ["name", "tag__name"]
    search_help_text = gettext_lazy("Search in aliases and the tags they lead to.")
    fields = ["name", "slug", "tag"]
