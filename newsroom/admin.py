"""The desk's AdminSite: its title, and the policy that lets the editor's own scripts run."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

DESK_POLICY = {
    "script-src": [SELF, NONCE],  # the nonce is for the editor's import map, which is inline
    "connect-src": [SELF],
    "img-src": [SELF, "data:"],  # the stock admin's stylesheets draw their icons from data: addresses
}


class DeskAdminSite(admin.AdminSite):
    site_header = site_title = _("Newsroom admin")
    index_title = _("Desk")

    def admin_view(self, view, cacheable=False):
        return csp_update(DESK_POLICY)(super().admin_view(view, cacheable))

    @method_decorator(csp_update(DESK_POLICY))
    def login(self, request, extra_context=None):
        return super().login(request, extra_context)
