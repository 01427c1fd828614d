"""Who gets to the pages that the admin itself brings; those of articles and comments have tables of their own."""

import pytest
from django.contrib.auth.models import Group
from django.urls import get_resolver, reverse

from articles.tests import desk

pytestmark = pytest.mark.django_db

# What each person is answered, in the order of desk.PEOPLE: by reading, and by sending an empty form.
ANSWERS = {
    "index": ([200, 200, 200, 200, 200, 200, 302],
              [200, 200, 200, 200, 200, 200, 302]),
    "login": ([302, 302, 302, 302, 302, 302, 200],
              [200, 200, 200, 200, 200, 200, 200]),
    "password_change": ([200, 200, 200, 200, 200, 200, 302],
                        [200, 200, 200, 200, 200, 200, 302]),
    "password_change_done": ([200, 200, 200, 200, 200, 200, 302],
                             [405, 405, 405, 405, 405, 405, 302]),
    "jsi18n": ([200, 200, 200, 200, 200, 200, 302],
               [405, 405, 405, 405, 405, 405, 302]),
    "app_list": ([200, 200, 404, 200, 404, 200, 302],
                 [200, 200, 404, 200, 404, 200, 302]),
    "auth_group_changelist": ([403, 403, 403, 403, 403, 200, 302],
                              [403, 403, 403, 403, 403, 200, 302]),
    "auth_group_add": ([403, 403, 403, 403, 403, 200, 302],
                       [403, 403, 403, 403, 403, 200, 302]),
    "auth_group_change": ([403, 403, 403, 403, 403, 200, 302],
                          [403, 403, 403, 403, 403, 200, 302]),
    "auth_group_delete": ([403, 403, 403, 403, 403, 200, 302],
                          [403, 403, 403, 403, 403, 200, 302]),
    "auth_group_history": ([403, 403, 403, 403, 403, 200, 302],
                           [403, 403, 403, 403, 403, 200, 302]),
    "no such page": ([404, 404, 404, 404, 404, 404, 302],
                     [404, 404, 404, 404, 404, 404, 302]),
    "logout": ([405, 405, 405, 405, 405, 405, 302],
               [200, 200, 200, 200, 200, 200, 302]),
}  # fmt: skip


def address(name):
    if name == "no such page":
        return "/admin/nothing-here/"
    args = {"app_list": ["articles"]}
    if name in ("auth_group_change", "auth_group_delete", "auth_group_history"):
        args[name] = [Group.objects.order_by("pk").first().pk]
    return reverse(f"admin:{name}", args=args.get(name, []))


@pytest.mark.parametrize("name", ANSWERS)
def test_every_page_answers_each_person_as_the_table_says(client, who, name):
    reading, sending = (answers[desk.PEOPLE.index(who)] for answers in ANSWERS[name])
    assert client.get(address(name)).status_code == reading
    assert client.post(address(name)).status_code == sending


def test_the_table_names_every_address_of_the_admin():
    names = {name for name in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(name, str)}
    of_apps = {name for name in names if name.startswith(("articles_", "comments_"))}
    # The address of autocompletion is in the table of articles, that of a person's password too.
    assert names - of_apps - {"autocomplete", "auth_user_password_change"} == set(ANSWERS) - {"no such page"}
