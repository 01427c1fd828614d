from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from newsroom import checks  # noqa: F401 - what it registers is run by `manage.py check`
from newsroom.roles import keep_roles


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self):
        for listener in (
            "drop_board",
            "saved_records",
            "cdn",
        ):  # they need the models, which are there by now
            import_string(f"newsroom.{listener}.listen")()
        # The signal is sent for each app that has models: by the last one every app's permissions are made.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(keep_roles, sender=last, dispatch_uid="newsroom.roles")


class DeskAdminConfig(AdminConfig):
    """Django's admin with the desk's own site in place of the default one."""

    default_site = "newsroom.admin.DeskAdminSite"
