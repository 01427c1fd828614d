"""What all pages of the desk share: its times, its scripts and styles, and names whose address stays."""

import js_asset
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.db import DataError, models
from django.db.models.sql.where import WhereNode
from django.urls import path
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.forms import DeskTimeField, DeskTimeInput, NamedForm
from articles.models import Article

_BOX = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'


class PagesUpTo(Paginator):
    """Pages of the first rows of a list: whoever looks for more narrows the list down, and nothing counts it off.

    The rows of a page are found by their keys first. So what a list says of each row is asked for those shown, and
    not for all that would have to be sorted; and what narrows the list down is asked once.
    """

    counted_up_to = 1_000

    @cached_property
    def count(self):
        """How many rows the pages hold, `counted_up_to` at most.

        In the order of the list, so that they are read as its pages are: without one PostgreSQL would take any way,
        by what it believes of how many there are.
        """
        return self.object_list.values("pk")[: self.counted_up_to].count()

    def page(self, number):
        number = self.validate_number(number)
        begin = (number - 1) * self.per_page
        keys = list(self.object_list.values_list("pk", flat=True)[begin : begin + self.per_page])
        rows = self.object_list.order_by()
        rows.query.where = WhereNode()
        found = {row.pk: row for row in rows.filter(pk__in=keys)}
        return self._get_page([found[key] for key in keys if key in found], number, self)


class DeskAdmin(admin.ModelAdmin):
    """A page of the desk. Times are those of the desk's zone, and nothing counts a whole table."""

    paginator = PagesUpTo

    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.DateTimeField: {"form_class": DeskTimeField, "widget": DeskTimeInput},
    }
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    class Media:
        js = ["desk/desk.js"]

    def pages(self):
        """{name: (route, view)} of the pages besides the stock ones; whoever adds some gives those of super() too.

        Each asks for a sign-in, and its address is called `admin:<app>_<model>_<name>`.
        """
        return {}

    def get_urls(self):
        begin = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"{begin}_{name}")
                for name, (route, view) in self.pages().items()
            ),
            *super().get_urls(),
        ]

    def action_checkbox(self, row):
        """The box to tick beside a row, as the stock one is, which makes a form's field for each."""
        label = format_html(_("Select this object for an action - {}"), str(row))
        return format_html(_BOX, ACTION_CHECKBOX_NAME, row.pk, label)

    def render_change_form(self, request, context, **kwargs):
        # The rich-text editor's import map is inline, so that it needs the nonce of the page.
        context["media"] = js_asset.Media.from_media(context["media"], nonce=request.csp_nonce)
        return super().render_change_form(request, context, **kwargs)

    def changelist_view(self, request, extra_context=None):
        """The list under the name of what it lists: some roles only look, and lists have filters and links too."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def get_changelist_instance(self, request):
        """The list. What its address asks for and no row can have, as the year 0, leads back to the whole of it."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError, DataError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_deleted_objects(self, objs, request):
        """What would go, and what stands in the way: that is said first, whatever rights somebody has."""
        going, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        return going, counts, set() if protected else missing_rights, protected


class NamedAdmin(DeskAdmin):
    """Something that has a page of its own: its slug is offered from its name once, and then stays."""

    form = NamedForm

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": [self.form.named_by]}

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]


class PrintedAdmin(NamedAdmin):
    """Something whose words editions print. Readers keep what was printed until a story is published again."""

    printed = frozenset()  # the fields an edition prints
    printed_in = ""  # the way from Article to it

    def still_to_publish(self, count):
        """The sentence that says how many stories print it, and when readers see its new words."""
        raise TypeError(f"{type(self).__name__} has to say this in its own words.")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and self.printed.intersection(form.changed_data):
            count = Article.objects.filter(**{self.printed_in: obj}).mark_changed()
            if count:
                messages.info(request, self.still_to_publish(count))


class ReadOnlyAdmin(DeskAdmin):
    """Records that are looked at: nothing is added, changed or deleted."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
