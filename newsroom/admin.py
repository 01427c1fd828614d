"""The desk's AdminSite: its title and order, and the policy that lets the editor's own scripts run."""

from functools import wraps

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from articles import times
from newsroom import dashboard, roles

DESK_POLICY = {
    "script-src": [SELF, NONCE],  # the nonce is for the editor's import map, which is inline
    "connect-src": [SELF],
    "img-src": [SELF, "data:"],  # the stock admin's stylesheets draw their icons from data: addresses
}
# The order in which the desk works; what is not named here follows by its name.
ORDER = [
    "articles", "comments", "auth",
    "Article", "Pin", "Coverage", "Tag", "TagAlias", "Source", "Image", "Section", "Author", "Page", "User",
    "DeskLogLine", "Comment", "Decision", "Policy", "PersonRule", "ListedWord", "ErrorReport", "Letter",
    "PrivacyLine",
]  # fmt: skip


def _place(name):
    return ORDER.index(name) if name in ORDER else len(ORDER)


class DeskAdminSite(admin.AdminSite):
    site_header = site_title = _("Newsroom admin")
    index_title = _("Desk")
    enable_nav_sidebar = False  # the article form needs the width
    role_names = tuple(roles.PERMISSIONS)  # the groups that administrators may hand out

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")  # nothing public is deleted, and nothing at all by the dozen

    def get_urls(self):
        # The stock way to the public page of any record asks for no rights: it would tell the address of a plan.
        return [route for route in super().get_urls() if getattr(route, "name", None) != "view_on_site"]

    def admin_view(self, view, cacheable=False):
        return csp_update(DESK_POLICY)(super().admin_view(self._explaining(view), cacheable))

    @method_decorator(csp_update(DESK_POLICY))
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)

    def index(self, request, extra_context=None):
        shown = {"boxes": dashboard.boxes(request.user, at=times.now())}
        return super().index(request, extra_context=shown | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"]))
        return sorted(apps, key=lambda app: _place(app["app_label"]))

    def _explaining(self, view):
        """The view, with a page of the desk for whoever may not do what was asked."""

        @wraps(view)
        def explained(request, *args, **kwargs):
            if "%00" in request.META["QUERY_STRING"]:  # no name holds it, and PostgreSQL fails on it
                raise Http404("No address of the desk holds a NUL.")
            try:
                return view(request, *args, **kwargs)
            except OverflowError as error:  # of a number sent in place of a row's, which only SQLite minds
                raise Http404("No row of the desk has this number.") from error
            except PermissionDenied as refusal:
                context = self.each_context(request) | {"title": _("Not allowed"), "reason": str(refusal)}
                return TemplateResponse(request, "admin/403.html", context, status=403)

        return explained
