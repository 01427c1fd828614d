"""Send what is due of the letters about comments: `manage.py send_letters`, for cron or after a crash."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.models import Letter
from comments.notifications import send_due


class Command(BaseCommand):
    help = "Send the letters about comments that are due, as the worker does."

    def handle(self, **options):
        if settings.EMAIL_SERVER is None:
            raise CommandError(
                _("No mail is set up. Set NEWSROOM_EMAIL_URL to the address of a mail server.")
            )
        sent = send_due()
        said = ngettext("%(count)d letter was sent.", "%(count)d letters were sent.", sent)
        self.stdout.write(said % {"count": sent})
        waiting = Letter.objects.waiting().count()
        left = ngettext("%(count)d letter waits.", "%(count)d letters wait.", waiting)
        self.stdout.write(left % {"count": waiting})
