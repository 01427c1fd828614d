"""Erase what is kept of somebody who comments: `manage.py erase_person <address>`."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import times
from articles.times import moment_text
from comments.privacy import address_of, comments_of, erase_person, errors_of
from comments.stories import with_story


class Command(BaseCommand):
    help = (
        "Erase all comments and reported errors sent with this e-mail address: words, names and addresses go, "
        "places and replies stay. It shows what would go and asks first. It can be stopped and run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("address", help="The e-mail address, or - to read it from the standard input.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *, address, yes, **options):
        try:
            address = address_of(sys.stdin.readline() if address == "-" else address)
        except ValueError as error:
            raise CommandError(error) from error
        found = list(with_story(comments_of(address), at=times.now()))
        for comment in found:
            facts = {"when": moment_text(comment.posted_at), "status": comment.get_status_display()}
            facts |= {"number": comment.pk, "headline": comment.headline or "—"}
            self.stdout.write(_("Comment %(number)s, %(when)s, %(status)s: %(headline)s") % facts)
        errors = errors_of(address).count()
        if errors:
            self.stdout.write(
                _("Errors that this address reported in articles: %(count)d.") % {"count": errors}
            )
        if (found or errors) and not yes and not self._is_confirmed(len(found)):
            raise CommandError(_("Nothing was erased."))
        count, _left = erase_person(address)
        done = ngettext("%(count)d comment was erased.", "%(count)d comments were erased.", count)
        self.stdout.write(done % {"count": count})

    def _is_confirmed(self, count):
        question = ngettext(
            "Erase what was sent with this address, %(count)d comment? It cannot be brought back. Type yes: ",
            "Erase what was sent with this address, %(count)d comments? It cannot be brought back. Type yes: ",
            count,
        )
        self.stdout.write(question % {"count": count}, ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip().casefold() == "yes"
