"""People in the admin: administrators look after them, superusers and permissions are a superuser's."""

import pytest
from django.contrib.auth.models import Group, Permission

from articles.models import Author, User
from articles.tests import desk
from articles.tests.stories import author, person, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, administrator):
    client.force_login(administrator)
    return client


def change(client, somebody, **typed):
    return desk.send(client, desk.address("change", somebody, model="user"), **typed)


def groups(user):
    return sorted(user.groups.values_list("name", flat=True))


def field_names(client, somebody):
    return set(desk.filled_in(client.get(desk.address("change", somebody, model="user"))))


def test_an_administrator_adds_somebody_and_gives_a_role(signed_in):
    response = desk.send(
        signed_in, desk.address("add", model="user"), username="ana", display_name="Ana",
        password1="long enough here", password2="long enough here", usable_password="true",
    )  # fmt: skip
    ana = User.objects.get(username="ana")
    assert response.url == desk.address("change", ana, model="user")
    assert (ana.is_staff, ana.is_superuser) == (False, False)

    reporters = Group.objects.get(name="Reporters")
    change(signed_in, ana, is_staff="on", groups=str(reporters.pk))
    ana.refresh_from_db()
    assert (ana.display_name, ana.is_staff, groups(ana)) == ("Ana", True, ["Reporters"])
    assert ana.check_password("long enough here")


def test_an_administrator_deactivates_somebody(signed_in, reporter):
    change(signed_in, reporter, is_active=None)
    reporter.refresh_from_db()
    assert not reporter.is_active


def test_an_administrator_is_offered_neither_superuser_nor_permissions(signed_in, reporter):
    names = field_names(signed_in, reporter)
    assert {"display_name", "is_staff", "has_keyboard_shortcuts"} <= names
    text = signed_in.get(desk.address("change", reporter, model="user")).text
    assert "is_superuser" not in text
    assert "user_permissions" not in text


def test_what_an_administrator_forges_is_not_taken(signed_in, administrator):
    permission = Permission.objects.get(codename="delete_user")
    change(signed_in, administrator, is_superuser="on", user_permissions=str(permission.pk))
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert not administrator.user_permissions.exists()


def test_an_administrator_hands_out_the_desks_groups_only(signed_in, reporter):
    strong = Group.objects.create(name="Everything")
    response = change(signed_in, reporter, groups=str(strong.pk))
    assert "is not one of the available choices." in response.text
    assert groups(reporter) == ["Reporters"]


@pytest.mark.parametrize("more", ["superuser", "permission", "another group"])
def test_an_account_with_more_rights_than_the_desks_groups_give_is_out_of_reach(signed_in, reporter, more):
    if more == "superuser":
        User.objects.filter(pk=reporter.pk).update(is_superuser=True)
    elif more == "permission":
        reporter.user_permissions.add(Permission.objects.get(codename="delete_user"))
    else:
        reporter.groups.add(Group.objects.create(name="Everything"))
    page = desk.address("change", reporter, model="user")
    assert signed_in.get(page).status_code == 200
    assert signed_in.post(page, {"username": "taken"}).status_code == 403
    password = f"/admin/articles/user/{reporter.pk}/password/"
    assert signed_in.get(password).status_code == 403
    answer = signed_in.post(
        password, {"password1": "x" * 12, "password2": "x" * 12, "usable_password": "true"}
    )
    assert answer.status_code == 403
    reporter.refresh_from_db()
    assert reporter.username == "reporter"


def test_an_administrator_sees_no_trace_of_a_password(signed_in, superuser):
    superuser.set_password("long enough here")
    superuser.save()
    text = signed_in.get(desk.address("change", superuser, model="user")).text
    assert superuser.password not in text
    assert "md5" not in text


def test_a_superuser_may_set_permissions(client, superuser, reporter):
    client.force_login(superuser)
    assert "is_superuser" in client.get(desk.address("change", reporter, model="user")).text
    permission = Permission.objects.get(codename="delete_tag", content_type__app_label="articles")
    change(client, reporter, user_permissions=str(permission.pk))
    assert reporter.user_permissions.get() == permission


def test_nobody_deletes_an_account(client, superuser, reporter):
    client.force_login(superuser)
    text = client.get(desk.address("change", reporter, model="user")).text
    assert "deletelink" not in text
    assert client.post(desk.address("delete", reporter, model="user"), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=reporter.pk).exists()


def test_the_list_of_people_costs_the_same_for_many(signed_in, django_assert_max_num_queries):
    for number in range(20):
        person(f"person{number}", "Reporters", "Moderators")
    with django_assert_max_num_queries(10):
        text = signed_in.get(desk.address("changelist", model="user")).text
    assert "Moderators, Reporters" in text or "Reporters, Moderators" in text


def test_an_authors_address_is_made_once(signed_in):
    desk.send(signed_in, desk.address("add", model="author"), name="Ana Δημοσιογράφος")
    ana = Author.objects.get()
    assert ana.slug == "ana-δημοσιογράφος"
    desk.send(signed_in, desk.address("change", ana, model="author"), name="Ana D.", slug="forged")
    ana.refresh_from_db()
    assert (ana.name, ana.slug) == ("Ana D.", "ana-δημοσιογράφος")


def test_stories_with_the_byline_of_an_account_become_its_own(signed_in, reporter):
    story = write(bylines=[author("Ana")])
    ana = Author.objects.get()
    assert not type(story).objects.owned_by(reporter).exists()
    desk.send(signed_in, desk.address("change", ana, model="author"), user=str(reporter.pk))
    assert type(story).objects.owned_by(reporter).get() == story
