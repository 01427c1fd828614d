"""Pictures at the desk: taking them in, their words and rights, where they stand, and choosing one for a story."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult
from lxml import html

from articles import picture_forms, publishing, versions
from articles.models import Article, Image
from articles.tests import desk
from articles.tests.photographs import encoded, figure, photo, raster, stored, upload
from articles.tests.reading import NOW, texts
from articles.tests.stories import NOON, person, published, rewrite, write

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/image/add/"
PICK, UPLOAD = "/admin/articles/image/pick/", "/admin/articles/image/upload/"
WORDS = {"alt": "A bridge", "caption": "In May.", "credit": "Photo: Ana"}
UNDESCRIBED = "Enter a description, or tick “Decoration only”."
AGAIN = "Choose the file again: a page cannot keep it."
UNUSABLE = "“drawing.png” is an SVG drawing. Choose a JPEG, PNG, WebP or GIF picture."


def page_of(client, image):
    return client.get(desk.address("change", image, model="image"))


def errors(response):
    return response.context["adminform"].form.errors


@pytest.fixture
def at_the_desk(client, editor):
    client.force_login(editor)
    return client


# Taking in


def test_a_picture_is_taken_in_with_its_words(at_the_desk, editor):
    typed = WORDS | {
        "alt": " A bridge \r\n over a river ",
        "licence": "Ours.",
        "rights_until": "2030-06-03T10:00",
    }
    response = at_the_desk.post(ADD, {"file": photo(300, 200, name="lies.svg"), "focal_x": "10", **typed})
    assert response.status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height, image.uploaded_by) == (300, 200, editor)
    assert image.words == {"alt": "A bridge over a river", "caption": "In May.", "credit": "Photo: Ana"}
    assert image.rights_until == dt.datetime(2030, 6, 3, 8, 0, tzinfo=dt.UTC)
    assert (image.focal_x, image.focal_y) == (10, 50)
    assert image.file.name.startswith("images/")
    assert image.file.name.endswith(".jpg")
    assert "lies" not in image.file.name


def test_renditions_are_queued_once_it_is_committed(at_the_desk, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        at_the_desk.post(ADD, {"file": photo(), **WORDS})
        assert DBTaskResult.objects.count() == 0
    assert DBTaskResult.objects.get().args_kwargs["args"] == [Image.objects.get().pk]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"alt": ""}, {"alt": [UNDESCRIBED], "file": [AGAIN]}),
        ({"alt": " \n "}, {"alt": [UNDESCRIBED], "file": [AGAIN]}),
        (
            {"is_decorative": "on"},
            {"is_decorative": ["Decoration has no description. Remove it, or untick this."], "file": [AGAIN]},
        ),
        ({"file": ""}, {"file": ["Choose a picture."]}),
        ({"file": upload(b"")}, {"file": ["The file is empty. Choose another one."]}),
        ({"file": upload(b"<svg/>", "drawing.png")}, {"file": [UNUSABLE]}),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(at_the_desk, typed, expected):
    response = at_the_desk.post(ADD, {"file": photo(), **WORDS, **typed})
    assert errors(response) == expected
    assert response.context["adminform"].form["credit"].value() == "Photo: Ana"
    assert Image.objects.count() == 0


def test_decoration_needs_no_description(at_the_desk):
    at_the_desk.post(ADD, {"file": photo(), "is_decorative": "on"})
    assert Image.objects.get().is_decorative


@pytest.mark.parametrize(
    ("typed", "sentence"), [("101", "less than or equal to 100"), ("x", "Enter a whole number")]
)
def test_a_focal_point_outside_is_refused(at_the_desk, typed, sentence):
    response = at_the_desk.post(ADD, {"file": photo(), **WORDS, "focal_y": typed})
    assert sentence in str(errors(response)["focal_y"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", [ADD, UPLOAD])
def test_a_picture_is_stored_before_anything_is_locked(at_the_desk, monkeypatch, address):
    seen, save = [], FileSystemStorage._save

    def noticed(storage, name, content):
        seen.append(connection.in_atomic_block)
        return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", noticed)
    at_the_desk.post(address, {"file": photo(), **WORDS})
    assert seen == [False]
    assert Image.objects.get().file.size > 0


@pytest.mark.parametrize("address", [ADD, UPLOAD])
def test_nobody_without_the_right_to_add_pictures_has_one_stored(client, moderator, address):
    client.force_login(moderator)
    before = stored_files()
    assert client.post(address, {"file": photo(), **WORDS}).status_code == 403
    assert stored_files() == before


def test_a_disk_that_is_full_is_told_with_what_to_do(at_the_desk, monkeypatch):
    def full(storage, name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    response = at_the_desk.post(ADD, {"file": photo(), **WORDS})
    assert "“photo.jpg” could not be stored" in str(errors(response)["file"])
    assert not Image.objects.exists()


def stored_files():
    return set(default_storage.listdir("images")[1]) if default_storage.exists("images") else set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", [ADD, UPLOAD])
def test_a_picture_is_looked_into_before_anything_is_locked(at_the_desk, monkeypatch, address):
    seen = []

    def take_in(given):
        seen.append(connection.in_atomic_block)
        return upload(encoded(raster()), "picture.jpg")

    monkeypatch.setattr(picture_forms, "take_in", take_in)
    at_the_desk.post(address, {"file": photo(), **WORDS})
    assert seen == [False]
    assert Image.objects.count() == 1


# Another file, other words


def test_another_file_takes_the_place_of_one_that_no_version_shows(
    at_the_desk, django_capture_on_commit_callbacks
):
    image = stored(has_renditions=True)
    before = [image.file.name, *image.renditions.values_list("file", flat=True)]
    write(image=image)
    with django_capture_on_commit_callbacks(execute=True):
        desk.send(at_the_desk, desk.address("change", image, model="image"), file=photo(40, 30))
    image.refresh_from_db()
    assert (image.width, image.height, image.renditions.count()) == (40, 30, 0)
    assert [name for name in before if default_storage.exists(name)] == []
    assert default_storage.exists(image.file.name)


def test_the_file_of_a_picture_that_a_version_shows_stays(at_the_desk):
    image = stored()
    published("Bridge", image=image)
    page = page_of(at_the_desk, image)
    assert "file" not in page.context["adminform"].form.fields
    assert "A published version shows it, so its file stays." in page.text
    before = image.file.name
    desk.send(at_the_desk, desk.address("change", image, model="image"), file=photo(40, 30), credit="New")
    image.refresh_from_db()
    assert (image.file.name, image.credit) == (before, "New")


@pytest.mark.parametrize("where", ["lead", "body"])
def test_other_words_are_still_to_be_published(at_the_desk, where):
    image = stored()
    fields = {"image": image} if where == "lead" else {"body": f"<p>One.</p>{figure(image)}"}
    article = published("Bridge", **fields).article
    response = desk.send(at_the_desk, desk.address("change", image, model="image"), credit="Photo: Ben")
    said = "1 story shows this picture. Readers see the new words when it is published again."
    assert said in desk.said(at_the_desk, response)
    assert Article.objects.with_state(at=NOW).get(pk=article.pk).state == "live_changed"


def test_rights_alone_are_nothing_to_publish(at_the_desk):
    image = stored()
    article = published("Bridge", image=image).article
    desk.send(at_the_desk, desk.address("change", image, model="image"), rights_until="2031-01-01T00:00")
    assert Article.objects.with_state(at=NOW).get(pk=article.pk).state == "live"


# Where it stands


def test_the_page_of_a_picture_tells_where_it_stands(at_the_desk):
    image = stored()
    live = published("On the site", image=image)
    published("No longer", image=image)
    gone = Article.objects.get(headline="No longer")
    rewrite(gone, image=None, headline="Without it now")
    publishing.publish(gone, by=person("editor", "Editors"), now=NOON + dt.timedelta(hours=1))
    write("In a draft", body=f"<p>One.</p>{figure(image)}")
    write("Without")
    page = html.fromstring(page_of(at_the_desk, image).text)
    assert texts(page, "//h2[@id='uses']") == ["Used in 3 stories"]
    found = texts(page, "//section[@aria-labelledby='uses']//li")
    assert sorted(found) == [
        "In a draft",
        "On the site · on the site",
        "Without it now · in an earlier version",
    ]
    assert page.xpath(f"//a[@href='{live.get_absolute_url()}']")


def test_nobody_reads_of_other_peoples_drafts_there(client, reporter):
    image = stored()
    write("Own draft", image=image, by=reporter)
    write("Draft of another", image=image)
    client.force_login(reporter)
    page = page_of(client, image)
    assert "Draft of another" not in page.text
    found = texts(html.fromstring(page.text), "//section[@aria-labelledby='uses']//li")
    assert found == ["Own draft", "1 more."]


def test_a_picture_that_is_used_is_never_deleted(at_the_desk):
    lead, in_body, earlier = stored(), stored(), stored()
    write("A draft", image=lead, body=f"<p>One.</p>{figure(in_body)}")
    article = published("Bridge", image=earlier).article
    rewrite(article, image=None)
    for image in (lead, in_body, earlier):
        address = desk.address("delete", image, model="image")
        page = at_the_desk.get(address)
        assert "cannot be deleted, because these rest on it. Nothing was changed." in page.text
        assert at_the_desk.post(address, {"post": "yes"}).status_code in (200, 403)
    assert Image.objects.count() == 3


@pytest.mark.parametrize("where", ["lead", "body"])
def test_a_picture_in_words_that_were_set_aside_is_not_deleted(at_the_desk, editor, where):
    image = stored()
    article = published("Bridge", body="<p>One.</p>").article
    fields = {"image": image} if where == "lead" else {"body": f"<p>Two.</p>{figure(image)}"}
    set_aside = versions.bring_back(rewrite(article, **fields), number=1, by=editor)
    at_the_desk.post(desk.address("delete", image, model="image"), {"post": "yes"})
    assert Image.objects.count() == 1
    versions.bring_back_words(article, set_aside=set_aside, by=editor)
    article.refresh_from_db()
    assert article.images() == [image]


def test_a_picture_that_nothing_uses_goes_with_its_files(at_the_desk, django_capture_on_commit_callbacks):
    image = stored(has_renditions=True)
    names = [image.file.name, *image.renditions.values_list("file", flat=True)]
    with django_capture_on_commit_callbacks(execute=True):
        response = at_the_desk.post(desk.address("delete", image, model="image"), {"post": "yes"})
    assert response.status_code == 302
    assert Image.objects.count() == 0
    assert [name for name in names if default_storage.exists(name)] == []


def test_the_list_tells_rights_and_finds_by_words_and_rights(at_the_desk, django_assert_max_num_queries):
    stored(alt="A bridge", credit="Ana")
    ended = stored(alt="A map", rights_until=NOON)
    with time_machine.travel(NOW, tick=False), django_assert_max_num_queries(8):
        page = at_the_desk.get(desk.address("changelist", model="image"))
    assert "Ended on 9 June 2025, 14:00" in page.text
    assert at_the_desk.get("/admin/articles/image/?q=bridge").context["cl"].result_count == 1
    with time_machine.travel(NOW, tick=False):
        found = at_the_desk.get("/admin/articles/image/?rights=ended").context["cl"].queryset
        assert list(found) == [ended]
        assert len(at_the_desk.get("/admin/articles/image/?rights=last").context["cl"].queryset) == 1


def test_a_reporter_changes_own_pictures_only(client, reporter):
    own, other = stored(uploaded_by=reporter), stored()
    client.force_login(reporter)
    desk.send(client, desk.address("change", own, model="image"), credit="Mine")
    response = client.post(desk.address("change", other, model="image"), {**WORDS, "credit": "Mine"})
    assert response.status_code == 403
    assert page_of(client, other).status_code == 200
    assert [Image.objects.get(pk=image.pk).credit for image in (own, other)] == ["Mine", ""]


def test_a_picture_that_may_not_be_shown_keeps_its_words_and_its_page(at_the_desk):
    image = stored(alt="A map", rights_until=NOON)
    with time_machine.travel(NOW, tick=False):
        page = page_of(at_the_desk, image).text
    assert "The rights to this picture have ended, so nobody is shown it. Its words stay here." in page
    assert "A map" in page
    assert f"/{image.uid}/file/" not in page


# Choosing


def picked(client, **query):
    answer = client.get(PICK, query)
    return [row["alt"] for row in answer.json()["pictures"]], answer.json()["before"]


def test_pictures_to_choose_from_come_newest_first_by_two_dozen(at_the_desk, django_assert_max_num_queries):
    names = [f"Picture {n:02}" for n in range(26)]
    for name in names:
        stored(alt=name, width=4, height=4)
    with django_assert_max_num_queries(5):
        first, before = picked(at_the_desk)
    rest, end = picked(at_the_desk, before=before)
    assert first + rest == names[::-1]
    assert (len(first), end) == (24, "")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "bridge"}, ["A bridge"]),
        ({"q": "  ANA  "}, ["A bridge"]),
        ({"q": "map spring"}, ["A map"]),
        ({"q": "bridge spring"}, []),
        ({"q": "100%"}, []),
        ({"before": "x"}, ["A map", "A bridge"]),
        ({"before": "9" * 40}, ["A map", "A bridge"]),
        ({"uid": "x"}, []),
        ({"uid": "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"}, []),
        ({"number": "9" * 40}, []),
    ],
)
def test_they_are_found_by_the_words_they_have(at_the_desk, query, expected):
    stored(alt="A bridge", credit="Ana")
    stored(alt="A map", caption="Of spring")
    assert picked(at_the_desk, **query)[0] == expected


def test_what_may_no_longer_be_shown_is_not_offered_but_known(at_the_desk):
    image = stored(alt="A map", rights_until=NOON)
    with time_machine.travel(NOW, tick=False):
        assert at_the_desk.get(PICK, {"uid": image.uid}).json()["pictures"][0]["thumbnail"] == ""
        assert picked(at_the_desk) == ([], "")
        assert picked(at_the_desk, uid=image.uid) == (["A map"], "")
        assert picked(at_the_desk, number=image.pk) == (["A map"], "")


def test_a_script_takes_a_picture_in(client, reporter):
    client.force_login(reporter)
    answer = client.post(UPLOAD, {"file": photo(60, 40), **WORDS}).json()
    image = Image.objects.get()
    assert image.uploaded_by == reporter
    assert answer["picture"] == {
        "id": image.pk, "uid": str(image.uid), **WORDS, "label": "A bridge", "width": 60, "height": 40, "rights": "",
        "thumbnail": f"/admin/articles/image/{image.uid}/file/?width=400",
    }  # fmt: skip
    list(client.get(answer["picture"]["thumbnail"]).streaming_content)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"file": photo()}, {"alt": [UNDESCRIBED]}),
        ({"file": upload(b"<svg/>", "drawing.png"), **WORDS}, {"file": [UNUSABLE]}),
        ({**WORDS}, {"file": ["Choose a picture."]}),
        (
            {"file": photo(), **WORDS, "rights_until": "2025-03-30T02:30"},
            {"rights_until": [
                "On 30 March 2025 the clocks go forward, and Brussels has no 02:30. Choose another time."
            ]},
        ),
    ],
)  # fmt: skip
def test_a_script_is_told_what_is_missing(at_the_desk, typed, expected):
    answer = at_the_desk.post(UPLOAD, typed)
    assert json.loads(answer.content) == {"errors": expected}
    assert Image.objects.count() == 0


def test_a_script_needs_the_token_of_its_page(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(UPLOAD, {"file": photo(), **WORDS}).status_code == 403


def test_taking_in_is_no_reading(at_the_desk):
    assert at_the_desk.get(UPLOAD).status_code == 405


# The picture that leads a story


def test_a_story_gets_its_lead_picture_by_number(at_the_desk):
    article, image = write(), stored()
    address = desk.address("change", article)
    desk.send(at_the_desk, address, image=str(image.pk))
    article.refresh_from_db()
    assert article.image == image
    page = html.fromstring(at_the_desk.get(address).text)
    assert page.xpath("//div[@class='lead-picture']//img/@src") == [
        f"/admin/articles/image/{image.uid}/file/?width=400"
    ]
    desk.send(at_the_desk, address, image="")
    article.refresh_from_db()
    assert article.image is None


@pytest.mark.parametrize("typed", ["x", "0", "-1", "4000000", "9" * 40, "1.5"])
def test_a_number_of_no_picture_is_refused_in_a_sentence(at_the_desk, typed):
    response = desk.send(at_the_desk, desk.address("change", write()), image=typed, headline="Typed before")
    assert errors(response)["image"] == [
        "There is no picture of this number. Choose one from the list of pictures, or leave this empty."
    ]
    assert "Typed before" in response.text


def test_a_lead_picture_that_may_not_be_shown_is_told(at_the_desk):
    article = write(image=stored(rights_until=NOON))
    with time_machine.travel(NOW, tick=False):
        page = at_the_desk.get(desk.address("change", article))
    assert "The rights to this picture have ended, so readers do not see it." in page.text


def test_who_only_reads_a_story_sees_its_pictures(client, administrator):
    image = stored()
    article = write(body=f"<p>One.</p>{figure(image)}")
    client.force_login(administrator)
    page = html.fromstring(client.get(desk.address("change", article)).text)
    assert page.xpath("//figure/img/@src") == [f"/admin/articles/image/{image.uid}/file/?width=800"]


def test_the_form_offers_no_upload_to_who_may_not_add_pictures(client, administrator, editor):
    address = desk.address("change", write())
    client.force_login(administrator)
    page = client.get(address).text
    assert 'id="picture-picker"' in page
    assert 'id="picture_file"' not in page
    client.force_login(editor)
    assert 'id="picture_file"' in client.get(address).text
