"""`manage.py copy_pictures` moves a site's pictures into a bucket, and goes on where it was stopped."""

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command

from articles.tests.buckets import keep_pictures_in
from articles.tests.photographs import encoded, raster, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def images():
    """Two pictures in the folder, one with its two renditions."""
    return stored(has_renditions=True), stored()


@pytest.fixture
def bucket(images, bucket_server, settings):
    """The options of an empty bucket, in which the site keeps its pictures from now on."""
    options = bucket_server.make_bucket()
    keep_pictures_in(options, settings)
    return options


def test_originals_and_renditions_are_copied_once(images, bucket, bucket_server, capsys):
    call_command("copy_pictures")
    assert capsys.readouterr().out == "4 files copied, 0 were there already, 0 are missing.\n"
    made = images[0].renditions.values_list("file", flat=True)
    names = {image.file.name for image in images} | set(made)
    assert bucket_server.keys(bucket) == {f"desk/{name}" for name in names}
    with default_storage.open(images[1].file.name) as file:
        assert file.read() == encoded(raster())
    assert all(FileSystemStorage().exists(name) for name in names)
    call_command("copy_pictures")
    assert capsys.readouterr().out == "0 files copied, 4 were there already, 0 are missing.\n"


def test_a_file_that_is_nowhere_is_named(images, bucket, capsys):
    FileSystemStorage().delete(images[1].file.name)
    call_command("copy_pictures")
    told = capsys.readouterr()
    assert told.out == "3 files copied, 0 were there already, 1 are missing.\n"
    assert f"{images[1].file.name} is neither in " in told.err


def test_a_bucket_that_refuses_is_told_with_what_to_do(images, bucket, settings):
    keep_pictures_in(bucket | {"bucket_name": "another-bucket"}, settings)
    with pytest.raises(CommandError, match=r"^After 0 files: .*Put that right, then run this again\.$"):
        call_command("copy_pictures")


def test_without_a_bucket_there_is_nothing_to_copy_into():
    expected = "NEWSROOM_MEDIA_URL is not set: there is no bucket to copy pictures into."
    with pytest.raises(CommandError, match=expected):
        call_command("copy_pictures")
