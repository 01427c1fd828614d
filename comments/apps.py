from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from comments.tally import recount


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = _("Comments")

    def ready(self):
        post_migrate.connect(recount, sender=self, dispatch_uid="comments.tally")
        autodiscover_modules(
            "notifications"
        )  # what hears of letters; it needs the models, which are there by now
