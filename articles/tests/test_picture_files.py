"""Files of pictures: who gets them, until when to the second, and under which headers."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage, default_storage

from articles import publishing
from articles.models import Edition
from articles.pictures import file_address, seal_of
from articles.tests import desk
from articles.tests.photographs import encoded, figure, raster, stored
from articles.tests.reading import NOW, fetch
from articles.tests.stories import NOON, person, published, rewrite, write

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)
NEVER = file_address("images/00000000000000000000000000000000.jpg")


def address(image):
    return file_address(image.file.name)


def content(response):
    """The bytes; reading all of them is also what closes the file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def image():
    return stored(has_renditions=True)


@pytest.fixture
def live(image):
    return published("Bridge", image=image)


@pytest.fixture
def answer(client):
    """A function from an address to its status at a moment."""

    def status(where, *, at=NOW, **headers):
        with time_machine.travel(at, tick=False):
            response = client.get(where, headers=headers)
        content(response)
        return response.status_code

    return status


def test_a_picture_of_a_live_story_is_served_with_its_renditions(client, live, image):
    response = fetch(client, address(image))
    assert content(response) == encoded(raster())
    assert response.headers["Content-Type"] == "image/jpeg"
    for row in image.renditions.all():
        response = fetch(client, file_address(row.file.name))
        assert response.headers["Content-Type"] == f"image/{row.format}"
        assert len(content(response)) == int(response.headers["Content-Length"]) == row.file.size


def test_a_picture_in_the_body_of_a_live_story_is_served(answer, image):
    published("Bridge", body=f"<p>One.</p>{figure(image)}")
    assert answer(address(image)) == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Cache-Control", "public, no-cache"),
        ("Content-Disposition", "inline"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_a_file_carries_the_header(client, live, image, header, value):
    response = client.get(address(image), headers={"accept-encoding": "gzip"})
    assert response.headers[header] == value
    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers
    assert not response.cookies
    content(response)


def test_a_head_tells_the_length_alone(client, live, image):
    response = client.head(address(image))
    assert response.content == b""
    assert response.headers["Content-Length"] == str(image.file.size)
    assert response.headers["Content-Type"] == "image/jpeg"


def test_who_has_the_file_already_is_told_so(client, live, image):
    tag = client.head(address(image)).headers["ETag"]
    response = client.get(address(image), headers={"if-none-match": tag})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_post_is_not_allowed(client, live, image):
    assert client.post(address(image)).status_code == 405


def test_rights_end_at_their_second_for_whoever_has_the_file_too(client, answer, live, image):
    tag = client.head(address(image)).headers["ETag"]
    end = image.rights_until = NOON + dt.timedelta(days=3)
    image.save()
    for where in (address(image), file_address(image.renditions.first().file.name)):
        assert answer(where, at=end - SECOND) == 200
        assert answer(where, at=end) == 404
        assert answer(where, at=end, if_none_match=tag) == 404


def test_a_scheduled_story_opens_its_pictures_at_its_second(answer, image):
    publishing.schedule(write(image=image), at=NOON + SECOND, by=person("editor", "Editors"), now=NOON)
    assert answer(address(image), at=NOON) == 404
    assert answer(address(image), at=NOON + SECOND) == 200


def test_a_picture_of_an_earlier_version_stays_while_its_story_is_on_the_site(answer, live, image):
    rewrite(live.article, image=None, headline="No picture any more")
    editor = person("editor", "Editors")
    publishing.publish(live.article, by=editor, now=NOON + SECOND)
    assert answer(address(image)) == 200
    publishing.withdraw(live.article, by=editor, reason="A doubt.", now=NOON + 2 * SECOND)
    assert answer(address(image)) == 404


def test_a_redacted_version_takes_its_picture_with_it(answer, live, image):
    rewrite(live.article, image=None, headline="No picture any more")
    editor = person("editor", "Editors")
    publishing.publish(live.article, by=editor, now=NOON + SECOND)
    Edition.objects.filter(number=1).redact(by=editor, at=NOW)
    assert answer(address(image)) == 404


def test_what_may_not_be_shown_answers_the_404_of_a_file_that_never_was(client, image, editor):
    write(image=image)  # a draft
    client.force_login(editor)  # public addresses ask nobody who they are
    never, refused = fetch(client, NEVER, status=404), fetch(client, address(image), status=404)
    # The words of the address stand in the search box and the canonical link; all else is the same to the byte.
    of_the_address = re.compile(r'(value|href)="[^"]*(images|media)[^"]*"')
    assert of_the_address.sub("", refused.text) == of_the_address.sub("", never.text)
    assert dict(never.headers).keys() == dict(refused.headers).keys()


@pytest.mark.parametrize(
    "path",
    [
        "/media/", "/media/images/", "/media/images/../secret-key", "/media/images/..%2f..%2fsecret-key",
        "/media/images/photo.jpg", "/media/images/" + "0" * 32, "/media/images/" + "0" * 32 + ".svg",
        "/media/images/" + "0" * 32 + ".jpg/", "/media/images/" + "A" * 32 + ".jpg", "/media/secret-key",
    ],
)  # fmt: skip
def test_no_other_file_has_an_address(answer, path):
    assert answer(path) == 404


def test_a_file_that_is_missing_is_a_404(answer, live, image):
    default_storage.delete(image.file.name)
    assert answer(address(image)) == 404


def test_a_disk_that_fails_is_a_503_and_no_picture_that_is_gone(client, live, image, monkeypatch, caplog):
    def fail(storage, name, mode):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(FileSystemStorage, "_open", fail)
    response = client.get(address(image))
    assert (response.status_code, response.headers["Cache-Control"]) == (503, "no-store")
    assert f"{image.file.name} cannot be read: [Errno 5] Input/output error" in caplog.text


def test_a_file_costs_one_query(client, live, image, django_assert_num_queries):
    with django_assert_num_queries(1):
        content(client.get(address(image)))


# Behind nginx


def test_nginx_is_told_where_the_bytes_are_once_rights_were_asked(client, live, image, settings):
    settings.X_ACCEL = True
    response = client.get(address(image))
    assert response.content == b""
    assert response.headers["X-Accel-Redirect"] == f"/internal/media/{image.file.name}"
    assert response.headers["Content-Type"] == "image/jpeg"
    assert fetch(client, NEVER, status=404).headers.get("X-Accel-Redirect") is None


# Sealed addresses, for previews


def sealed(image, *, at=NOW, whose=None):
    with time_machine.travel(at, tick=False):
        return file_address(image.file.name, seal=seal_of(str((whose or image).uid)))


def test_a_seal_opens_the_pictures_of_a_preview_for_an_hour(client, answer, image):
    write(image=image)
    where = sealed(image)
    response = fetch(client, where)
    assert response.headers["Cache-Control"] == "private, no-store"
    content(response)
    assert answer(where, at=NOW + dt.timedelta(minutes=59)) == 200
    assert answer(where, at=NOW + dt.timedelta(minutes=61)) == 404


def test_a_seal_opens_one_picture_and_gives_no_rights(answer, image):
    other = stored()
    assert answer(sealed(image, whose=other)) == 404
    assert answer(f"{address(image)}?seal={image.uid}") == 404
    assert answer(f"{address(image)}?seal=") == 404
    where = sealed(image)
    image.rights_until = NOW
    image.save()
    assert answer(where) == 404


def test_the_working_copy_as_readers_would_get_it_has_sealed_pictures(answer, image):
    other = stored(alt="Another")
    article = write(image=image, body=f"<p>One.</p>{figure(other)}")
    with time_machine.travel(NOW, tick=False):
        edition = publishing.working_edition(article, at=NOW)
    assert answer(edition.lead_picture.address) == 200
    assert [answer(file.address) for file in edition.lead_picture.files] == [200, 200]
    assert 'alt="Another"' in edition.printed_body
    assert "?seal=" in edition.printed_body


# The desk


def desk_address(image, width=400):
    return f"{desk.address('file', image.uid, model='image')}?width={width}"


def test_the_desk_sees_pictures_that_no_story_shows(client, image, reporter):
    client.force_login(reporter)
    response = client.get(desk_address(image))
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    content(response)


@pytest.mark.parametrize(("width", "shown"), [(1, 400), (400, 400), (500, 800), (900, 1000), (5000, None)])
def test_the_desk_gets_the_rendition_that_is_wide_enough(client, editor, width, shown):
    client.force_login(editor)
    image = stored(width=1000, height=100, has_renditions=True)
    expected = image.renditions.get(format="jpeg", width=shown).file if shown else image.file
    response = client.get(desk_address(image, width))
    assert len(content(response)) == expected.size


@pytest.mark.parametrize("width", ["", "x", "-1", "1e3"])
def test_a_width_that_is_none_is_a_404(client, editor, image, width):
    client.force_login(editor)
    assert client.get(desk_address(image, width)).status_code == 404


def test_the_desk_too_gets_no_file_whose_rights_have_ended(client, editor, image):
    client.force_login(editor)
    image.rights_until = NOON
    image.save()
    assert client.get(desk_address(image)).status_code == 404
