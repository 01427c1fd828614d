"""Make four people to try the desk with: `manage.py make_demo_people`."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from newsroom.roles import ADMINISTRATORS, EDITORS, MODERATORS, REPORTERS

GROUPS = {"reporter": REPORTERS, "editor": EDITORS, "moderator": MODERATORS, "administrator": ADMINISTRATORS}


def keep_passwords(passwords):
    """Write one `name password` a line to a file that its owner alone can read; returns its path."""
    path = settings.DATA_DIR / "demo-passwords.txt"
    path.unlink(missing_ok=True)  # an old file would keep its old mode
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name} {password}\n" for name, password in passwords.items())
    return path


class Command(BaseCommand):
    help = (
        "Make a demo reporter, editor, moderator and administrator with random passwords, which are printed "
        "once and kept in demo-passwords.txt in the data folder. Only where nobody can sign in yet."
    )

    @transaction.atomic
    def handle(self, **options):
        if get_user_model().objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
            raise CommandError(
                "People can sign in here already, so no demo people were made: they are for an empty "
                "database. Make people in the admin, or the first one with manage.py createsuperuser."
            )
        passwords = {name: secrets.token_urlsafe(12) for name in GROUPS}
        for name, password in passwords.items():
            self.make_person(name, password)
        self.tell(passwords, keep_passwords(passwords))

    def make_person(self, name, password):
        person = get_user_model().objects.create_user(
            name,
            password=password,
            display_name=name.capitalize(),
            is_staff=True,
            is_superuser=name == "administrator",  # whoever tries the desk shall see all of it
        )
        person.groups.add(Group.objects.get(name=GROUPS[name]))

    def tell(self, passwords, path):
        lines = "\n".join(f"    {name:<15}{password}" for name, password in passwords.items())
        self.stdout.write(
            f"Demo people, to sign in with at {settings.SITE_URL}/admin/:\n{lines}\n"
            f"These passwords are shown this once and kept in {path}.\n"
            "The demo administrator is a superuser, so that everything can be tried."
        )
