"""Names that only people of the desk may sign with, however they are spelt."""

import pytest

from articles.tests.stories import author, person
from comments.models import Comment
from comments.names import names_of_the_desk, skeleton, speaks_for_the_desk
from comments.tests.replies import typed

REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
TAKEN = ["Newsroom", "Ana Oliveira", "Paul Moran", "Иван Соколов"]

ALIKE = [
    "Ana Oliveira",
    "ANA OLIVEIRA",
    "ana  oliveira",
    "AnaOliveira",
    "Ana-Oliveira.",
    "Ana Olive\u200bira",  # zero width space
    "Ana\u00adOliveira",  # soft hyphen
    "\u202eAna Oliveira",  # right-to-left override
    "Ana\u200f Oliveira\u200e",
    "Аnа Оlivеirа",  # Cyrillic А, а, О, е, а
    "Αna Οliveira",  # Greek Α, Ο
    "Ａｎａ　Ｏｌｉｖｅｉｒａ",  # fullwidth
    "𝐀𝐧𝐚 𝑶𝒍𝒊𝒗𝒆𝒊𝒓𝒂",  # mathematical
    "Ⓐⓝⓐ Ⓞⓛⓘⓥⓔⓘⓡⓐ",
    "🅰🅽🅰 🅾🅻🅸🆅🅴🅸🆁🅰",
    "🇦🇳🇦 Oliveira",
    "Ána Ólivèirã",
    "A\u0301\u0302\u0303na Oliveira",  # stacked accents
    "Ana 0liveira",
    "Ana O1iveira",
    "Ana OIiveira",
    "Ana Olıveira",  # dotless i
    "Ana Øliveira",
    "ᴀɴᴀ ᴏʟɪᴠᴇɪʀᴀ",
    "Ana Oliveira ✔",
    "Paul Moran",
    "Paul Morán",
    "Paul Moгan",  # Cyrillic г
    "ИВАН СОКОЛОВ",
    "Newsroom",
    "News room",
    "Newsroorn",  # r and n
    "Νewѕrооm",
    "moderator",
    "The Moderator",
    "Mod",
    "M o d e r a t o r",
    "Anna (moderator)",
    "Rnoderator",
    "Mоderаtor",
    "Mode\u200brator",
    "Administrator",
    "adm1n",
    "Admin_2",
    "Editor",
    "Éditor",
    "Sub-editor",
    "Editor-in-Chief",
    "Night desk",
    "Readers' editor",
    "Staff",
]

FREE = [
    "Ana",
    "Oliveira",
    "Ana Oliveira Santos",
    "Mrs Oliveira",
    "Paula Moran",
    "Reader in Brussels",
    "Modest Mussorgsky",
    "Edith Orwell",
    "Staffan",
    "Desk lamp",
    "Иван",
    "Анна",
    "李雷",
    "محمد",
    "😂",
    "...",
    "Anonymous",
    "Harbour Watcher",
]


@pytest.mark.parametrize("name", ALIKE, ids=ascii)
def test_a_name_that_looks_like_one_of_the_desk_is_kept(name):
    assert speaks_for_the_desk(name, taken=TAKEN)


@pytest.mark.parametrize("name", FREE, ids=ascii)
def test_other_names_are_free(name):
    assert not speaks_for_the_desk(name, taken=TAKEN)


@pytest.mark.parametrize("name", ["", "\u200b", "😂", "!!!"], ids=ascii)
def test_what_shows_no_letter_is_like_no_other(name):
    assert skeleton(name) == ""
    assert not speaks_for_the_desk(name, taken=["…"])


@pytest.mark.django_db
def test_a_reply_under_such_a_name_is_refused_and_kept(client, edition):
    response = client.post(REPLY, typed(name="Мoderator"))
    assert response.status_code == 422
    assert "This name is kept for people of the desk. Choose another name" in response.text
    assert ">\nWho pays for it?</textarea>" in response.text
    assert 'value="Мoderator"' in response.text
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_the_names_are_those_of_the_site_its_people_and_its_authors(settings, django_assert_num_queries):
    settings.SITE_NAME = "The Harbour Post"
    person("ana")
    nameless = person("paul")
    nameless.display_name, nameless.first_name, nameless.last_name = "", "Paul", "Moran"
    nameless.save()
    bare = person("night-shift")
    bare.display_name = ""
    bare.save()
    gone = person("gone")
    gone.is_active = False
    gone.save()
    reader = person("reader")
    reader.is_staff = False
    reader.save()
    author("Marie Curie")
    with django_assert_num_queries(1):
        found = names_of_the_desk()
    assert sorted(found) == ["Ana", "Marie Curie", "Paul Moran", "The Harbour Post", "night-shift"]
