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
        # What hears of letters. It needs the models, which are there by now.
        autodiscover_modules("notifications")
