"""The four groups have the permissions of the table, on every database, however often it is migrated."""

import pytest
from django.contrib.auth.models import Group, Permission

from newsroom.roles import ADMINISTRATORS, EDITORS, MODERATORS, PERMISSIONS, REPORTERS, keep_roles

pytestmark = pytest.mark.django_db


def labels_of(group):
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


@pytest.mark.parametrize("name", [REPORTERS, EDITORS, MODERATORS, ADMINISTRATORS])
def test_a_fresh_database_has_each_group_with_all_its_permissions(name):
    assert labels_of(Group.objects.get(name=name)) == set(PERMISSIONS[name])


def test_keeping_the_roles_again_mends_them_and_leaves_other_groups_alone():
    extra = Group.objects.create(name="Guests")
    extra.permissions.add(Permission.objects.get(codename="view_tag", content_type__app_label="articles"))
    editors = Group.objects.get(name=EDITORS)
    editors.permissions.clear()
    Group.objects.get(name=MODERATORS).delete()
    keep_roles()
    assert labels_of(editors) == set(PERMISSIONS[EDITORS])
    assert labels_of(Group.objects.get(name=MODERATORS)) == set(PERMISSIONS[MODERATORS])
    assert labels_of(extra) == {"articles.view_tag"}


@pytest.mark.parametrize(
    ("fixture", "permission", "has_it"),
    [
        ("reporter", "articles.add_article", True),
        ("reporter", "articles.publish_article", False),
        ("reporter", "articles.edit_any_article", False),
        ("reporter", "comments.moderate_comment", False),
        ("editor", "articles.publish_article", True),
        ("editor", "comments.moderate_comment", True),
        ("editor", "articles.change_user", False),
        ("moderator", "comments.moderate_comment", True),
        ("moderator", "articles.view_article", False),
        ("administrator", "articles.change_user", True),
        ("administrator", "articles.change_article", False),
        ("administrator", "auth.change_group", False),
        ("outsider", "articles.view_article", False),
    ],
)
def test_who_may_do_what(request, fixture, permission, has_it):
    assert request.getfixturevalue(fixture).has_perm(permission) is has_it
