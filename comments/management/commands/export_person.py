"""Hand over what is kept of somebody who comments: `manage.py export_person <address>`."""

import json
import os
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from comments.privacy import address_of, export_person


class Command(BaseCommand):
    help = "Write everything that is kept of the person with this e-mail address as JSON."

    def add_arguments(self, parser):
        parser.add_argument("address", help="The e-mail address, or - to read it from the standard input.")
        parser.add_argument("--to", metavar="FILE", help="A new file, which its owner alone can read.")

    def handle(self, *, address, to, **options):
        try:
            address = address_of(sys.stdin.readline() if address == "-" else address)
        except ValueError as error:
            raise CommandError(error) from error
        file = self._new_file(to) if to else self.stdout
        told = export_person(address)
        file.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        if to:
            file.close()
        self.stderr.write(_("Comments of this address: %(count)d.") % {"count": len(told["comments"])})

    def _new_file(self, path):
        try:
            return os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            )
        except OSError as error:
            sentence = _("%(path)s cannot be made: %(why)s. Name a file that is not there yet.")
            raise CommandError(sentence % {"path": path, "why": error.strerror}) from error
