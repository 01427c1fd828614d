"""`make_demo_people` makes four people to try the desk with, on an empty database only."""

import stat

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from newsroom import roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def made(data_dir, capsys):
    """{name: password} as kept in the data folder."""
    call_command("make_demo_people")
    kept = (data_dir / "demo-passwords.txt").read_text()
    return dict(line.split(" ") for line in kept.splitlines())


def test_the_kept_passwords_sign_their_people_in(made):
    assert list(made) == ["reporter", "editor", "moderator", "administrator"]
    for name, password in made.items():
        assert authenticate(username=name, password=password).is_staff


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("reporter", roles.REPORTERS),
        ("editor", roles.EDITORS),
        ("moderator", roles.MODERATORS),
        ("administrator", roles.ADMINISTRATORS),
    ],
)
def test_each_has_a_role_and_a_name_to_show(made, name, group):
    person = get_user_model().objects.get(username=name)
    assert [found.name for found in person.groups.all()] == [group]
    assert person.display_name == name.capitalize()
    assert person.is_superuser is (name == "administrator")


def test_passwords_are_long_different_and_readable_by_the_owner_only(made, data_dir):
    assert len(set(made.values())) == 4
    assert min(map(len, made.values())) >= 16
    assert stat.S_IMODE((data_dir / "demo-passwords.txt").stat().st_mode) == 0o600


def test_a_file_left_from_an_earlier_database_is_replaced_with_its_mode(data_dir, capsys):
    left = data_dir / "demo-passwords.txt"
    left.write_text("old")
    left.chmod(0o644)
    call_command("make_demo_people")
    assert "old" not in left.read_text()
    assert stat.S_IMODE(left.stat().st_mode) == 0o600


def test_passwords_are_printed_with_the_address_to_sign_in_at(data_dir, capsys, settings):
    settings.SITE_URL = "https://news.example"
    call_command("make_demo_people")
    printed, kept = capsys.readouterr().out, (data_dir / "demo-passwords.txt").read_text()
    assert "https://news.example/admin/" in printed
    assert str(data_dir / "demo-passwords.txt") in printed
    for line in kept.splitlines():
        name, password = line.split(" ")
        assert f"{name:<15}{password}" in printed


def test_nobody_is_made_where_somebody_can_sign_in(data_dir):
    get_user_model().objects.create_user("chief", password="a password of her own")
    with pytest.raises(CommandError, match="People can sign in here already, so no demo people were made"):
        call_command("make_demo_people")
    assert get_user_model().objects.count() == 1
    assert not list(data_dir.iterdir())


def test_people_who_cannot_sign_in_do_not_count(data_dir, capsys):
    get_user_model().objects.create_user("desk")
    call_command("make_demo_people")
    assert get_user_model().objects.count() == 5
