"""Pictures in a bucket: kept there alone, served under the site's own address, and put off while it is away."""

from http.client import HTTPConnection

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult
from PIL import Image as Raster

from articles import bucket, renditions
from articles.models import Image
from articles.pictures import file_address
from articles.renditions import make_renditions
from articles.tests import buckets, desk
from articles.tests.buckets import keep_pictures_in
from articles.tests.photographs import encoded, photo, raster, stored, upload
from articles.tests.reading import NOW, fetch
from articles.tests.stories import NOON, published, write

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/image/add/"
UPLOAD = "/admin/articles/image/upload/"
WORDS = {"alt": "A bridge", "caption": "In May.", "credit": "Photo: Ana"}
NOT_STORED = (
    "“photo.jpg” could not be stored: the place where pictures are kept does not answer. Wait a minute, then "
    "choose it again; if that does not help, tell whoever runs the site."
)
AWAY = "The pictures cannot be reached at the moment. Try again in a moment."


@pytest.fixture
def server(bucket_server, settings):
    """A server with a new bucket, in which the site keeps its pictures."""
    keep_pictures_in(bucket_server.make_bucket(), settings)
    return bucket_server


@pytest.fixture
def files(server, settings):
    """A function that gives the names of all files in the bucket, without the folder."""
    return lambda: {key.removeprefix("desk/") for key in server.keys(settings.MEDIA_BUCKET)}


@pytest.fixture
def impatient(monkeypatch):
    """The site waits for the bucket half a second, asks once, and asks again with the next request."""
    made = bucket.Config
    quick = {"connect_timeout": 0.5, "read_timeout": 0.5, "retries": {"total_max_attempts": 1}}
    monkeypatch.setattr(bucket, "Config", lambda **given: made(**given | quick))
    monkeypatch.setattr(bucket, "REST", 0)


@pytest.fixture
def away(impatient, server):
    """Inside this context the server takes connections and answers nothing."""
    return server.silent


def address(image):
    return file_address(image.file.name)


def content(response):
    """The bytes; reading all of them is also what closes the file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


# Kept and served


def test_a_picture_and_its_renditions_are_in_the_bucket_and_nowhere_else(desk_client, files, settings):
    assert desk_client.post(ADD, {"file": photo(300, 200), **WORDS}).status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height) == (300, 200)
    assert files() == {image.file.name}
    make_renditions.call(image.pk)
    assert files() == {image.file.name, *image.renditions.values_list("file", flat=True)}
    assert len(files()) == 3
    assert not any((settings.MEDIA_ROOT / name).exists() for name in files())


def test_nobody_but_the_site_may_read_the_bucket(server, settings):
    image = stored()
    key = f"desk/{image.file.name}"
    grants = server.client.get_object_acl(Bucket=settings.MEDIA_BUCKET["bucket_name"], Key=key)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]  # its owner


def test_a_file_is_served_from_the_bucket_as_from_a_folder(client, server):
    image = stored(has_renditions=True)
    published("Bridge", image=image)
    response = fetch(client, address(image))
    assert content(response) == encoded(raster())
    assert response.headers["Content-Length"] == str(len(encoded(raster())))
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    for row in image.renditions.all():
        assert len(content(fetch(client, file_address(row.file.name)))) == row.file.size


def test_a_large_file_is_served_whole(client, server):
    data = encoded(Raster.effect_noise((2200, 1600), 80), "PNG")
    image = stored()
    image.file.save("photo.png", upload(data, "photo.png"))
    published("Bridge", image=image)
    assert len(data) > bucket.IN_MEMORY
    assert content(fetch(client, address(image))) == data


def test_a_head_tells_the_length_and_who_has_the_file_is_told_so(client, server):
    image = stored()
    published("Bridge", image=image)
    response = client.head(address(image))
    assert (response.content, response.headers["Content-Length"]) == (b"", str(image.file.size))
    again = client.get(address(image), headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_rights_are_asked_before_the_bucket_is(client, server):
    image, hidden = stored(), stored()
    published("Bridge", image=image)
    write(image=hidden)
    fetch(client, address(hidden), status=404)
    image.rights_until = NOON
    image.save()
    fetch(client, address(image), status=404)


def test_a_file_that_is_missing_is_a_404(client, server):
    image = stored()
    published("Bridge", image=image)
    default_storage.delete(image.file.name)
    fetch(client, address(image), status=404)
    with time_machine.travel(NOW, tick=False):
        assert client.head(address(image)).status_code == 404


def test_a_picture_that_is_deleted_leaves_nothing(
    desk_client, superuser, files, django_capture_on_commit_callbacks
):
    image = stored(has_renditions=True)
    desk_client.force_login(superuser)
    with django_capture_on_commit_callbacks(execute=True):
        desk_client.post(desk.address("delete", image, model="image"), {"post": "yes"})
    assert not Image.objects.exists()
    assert files() == set()


@pytest.mark.parametrize(
    "typed",
    [WORDS | {"alt": ""}, WORDS | {"is_decorative": "on"}],
)
def test_what_came_with_words_that_were_refused_does_not_stay(desk_client, files, typed):
    assert desk_client.post(ADD, {"file": photo(), **typed}).status_code == 200
    assert "errors" in desk_client.post(UPLOAD, {"file": photo(), **typed}).json()
    assert files() == set()


def test_a_picture_with_a_new_file_keeps_that_alone(desk_client, files, django_capture_on_commit_callbacks):
    image = stored(has_renditions=True)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk_client.post(
            desk.address("change", image, model="image"), {"file": photo(50, 40), **WORDS}
        )
    assert answer.status_code == 302
    image.refresh_from_db()
    assert (image.width, image.height) == (50, 40)
    assert files() == {image.file.name}


# Behind nginx


def test_nginx_is_given_an_address_that_is_signed_for_a_minute(client, server, settings):
    settings.X_ACCEL = True
    image = stored()
    published("Bridge", image=image)
    with time_machine.travel(NOW, tick=False):
        given = {method: getattr(client, method.lower())(address(image)) for method in ("GET", "HEAD")}
    for method, response in given.items():
        path = response.headers["X-Accel-Redirect"].removeprefix("/internal/bucket")
        assert path.startswith(f"/{settings.MEDIA_BUCKET['bucket_name']}/desk/{image.file.name}?X-Amz-")
        assert "X-Amz-Expires=60&" in path
        assert response.content == b""
        connection = HTTPConnection(buckets.HOST, server.port)
        connection.request(method, path)
        answer = connection.getresponse()
        assert (answer.status, int(answer.headers["Content-Length"])) == (200, image.file.size)
        connection.close()


# While the bucket is away


def test_readers_are_told_to_come_again_and_pages_are_there(client, away, caplog):
    image = stored()
    edition = published("Bridge", image=image)
    with away():
        for response in (fetch(client, address(image), status=503), client.head(address(image))):
            assert response.status_code == 503
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Retry-After"] == "10"
            assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert "ETag" not in response.headers
        assert fetch(client, address(image), status=503).text == AWAY
        assert fetch(client, edition.path).status_code == 200
    assert f"The picture file {image.file.name} cannot be read: Read timeout" in caplog.text
    assert content(fetch(client, address(image))) == encoded(raster())


def test_who_has_the_file_already_needs_no_bucket(client, away):
    image = stored()
    published("Bridge", image=image)
    tag = client.head(address(image)).headers["ETag"]
    with away():
        assert client.get(address(image), headers={"if-none-match": tag}).status_code == 304


def test_one_request_waits_for_the_bucket_and_all_others_are_told_at_once(client, away, monkeypatch, caplog):
    image = stored()
    published("Bridge", image=image)
    monkeypatch.setattr(bucket, "REST", 600)
    with away():
        assert [client.get(address(image)).status_code for _ in range(11)] == [503] * 11
    told = [message.rpartition("read: ")[2] for message in caplog.messages if "cannot be read" in message]
    assert told[0].startswith("Read timeout on endpoint URL")
    assert told[1:] == ["The bucket did not answer just now and is left alone for a while."] * 10
    default_storage._asked_again_at = 0.0  # ten minutes later
    assert content(fetch(client, address(image))) == encoded(raster())


def test_an_upload_is_refused_with_a_sentence_and_its_words_are_kept(desk_client, away, caplog):
    with away():
        response = desk_client.post(ADD, {"file": photo(), **WORDS})
        told = desk_client.post(UPLOAD, {"file": photo(), **WORDS}).json()
    form = response.context["adminform"].form
    assert form.errors == {"file": [NOT_STORED]}
    assert {name: form[name].value() for name in WORDS} == WORDS
    assert told == {"errors": {"file": [NOT_STORED]}}
    assert not Image.objects.exists()
    assert "The picture “photo.jpg” could not be stored: Read timeout" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_renditions_are_made_once_it_is_back(away, files, caplog):
    image = stored()
    with away():
        assert make_renditions.call(image.pk) == 0
    assert f"Picture {image.pk} has no renditions yet; they are made in five minutes: " in caplog.text
    run_worker()
    assert image.renditions.count() == 0  # not yet
    DBTaskResult.objects.update(run_after=NOON)
    run_worker()
    assert image.renditions.count() == 2
    assert len(files()) == 3


@pytest.mark.django_db(transaction=True)
def test_files_are_deleted_once_it_is_back(away, files, caplog):
    names = [stored().file.name for _ in range(3)]
    with away():
        renditions.delete_files(names[:2])
    assert "Files of pictures are deleted in five minutes: " in caplog.text
    DBTaskResult.objects.update(run_after=NOON)
    run_worker()
    assert files() == {names[2]}


def run_worker():
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


def test_a_server_that_is_gone_is_away_too(client, impatient, settings):
    with buckets.running() as mortal:
        keep_pictures_in(mortal.make_bucket(), settings)
        image = stored()
        published("Bridge", image=image)
    fetch(client, address(image), status=503)
    with pytest.raises(bucket.BucketAway, match="Could not connect to the endpoint URL"):
        default_storage.exists(image.file.name)


def test_a_bucket_that_is_not_there_is_told_to_the_log(client, server, settings, caplog):
    image = stored()
    published("Bridge", image=image)
    keep_pictures_in(settings.MEDIA_BUCKET | {"bucket_name": "another"}, settings)
    fetch(client, address(image), status=503)
    assert "The specified bucket does not exist" in caplog.text
    with pytest.raises(bucket.BucketRefuses, match="NoSuchBucket"):
        stored()
