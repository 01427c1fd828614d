"""Smaller copies of pictures: which are made, by a task that may come late, twice, or for nothing."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from PIL import Image as Raster

from articles import renditions
from articles.models import Image, Rendition
from articles.renditions import make_renditions, widths_of
from articles.tests.photographs import encoded, raster, stored, upload

pytestmark = pytest.mark.django_db


def make(image):
    """What the worker does for a picture: how many renditions it made."""
    return make_renditions.call(image.pk)


def files():
    """The names of all stored files that are there."""
    return set(default_storage.listdir("images")[1]) if default_storage.exists("images") else set()


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (1, [1]),
        (399, [399]),
        (400, [400]),
        (401, [400, 401]),
        (1000, [400, 800, 1000]),
        (1600, [400, 800, 1200, 1600]),
        (1601, [400, 800, 1200, 1600]),
        (9000, [400, 800, 1200, 1600]),
    ],
)
def test_no_rendition_is_wider_than_its_picture(width, expected):
    assert widths_of(width) == expected


def test_each_width_is_made_as_webp_and_as_jpeg():
    image = stored(width=1000, height=500)
    assert make(image) == 6
    made = list(image.renditions.order_by("format", "width"))
    assert [(row.format, row.width, row.height) for row in made] == [
        ("jpeg", 400, 200), ("jpeg", 800, 400), ("jpeg", 1000, 500),
        ("webp", 400, 200), ("webp", 800, 400), ("webp", 1000, 500),
    ]  # fmt: skip
    for row in made:
        picture = Raster.open(row.file)
        assert (picture.format.lower(), picture.size) == (row.format, (row.width, row.height))
        row.file.close()


def test_a_strip_of_one_pixel_keeps_its_height():
    image = stored(width=1600, height=1)
    make(image)
    assert set(image.renditions.values_list("height", flat=True)) == {1}


def test_what_shines_through_stands_on_white_in_a_jpeg():
    image = stored()
    image.file.save("photo.png", upload(encoded(Raster.new("RGBA", (40, 20), (255, 0, 0, 0)), "PNG")))
    make(image)
    with image.renditions.get(format="jpeg").file.open() as file:
        assert Raster.open(file).getpixel((3, 3)) == (255, 255, 255)
    with image.renditions.get(format="webp").file.open() as file:
        assert Raster.open(file).convert("RGBA").getpixel((3, 3))[3] == 0


def test_the_second_run_makes_nothing():
    image = stored()
    assert (make(image), make(image)) == (2, 0)
    assert image.renditions.count() == 2


def test_a_run_makes_what_an_earlier_one_left_out():
    image = stored(width=900, height=600)
    make(image)
    image.renditions.filter(width=800).delete()
    assert make(image) == 2
    assert image.renditions.filter(width=800).count() == 2


def test_two_runs_at_the_same_time_leave_one_set_and_no_stray_file():
    image = stored()
    before = files()
    rows = list(renditions._made(image, [("webp", 120), ("jpeg", 120)]))
    make(image)
    assert renditions._stored(image, rows) == 0
    assert image.renditions.count() == 2
    assert len(files() - before) == 2


def test_a_picture_that_was_deleted_meanwhile_leaves_nothing_behind():
    image = stored()
    rows = list(renditions._made(image, [("webp", 120)]))
    before = files()
    Image.objects.filter(pk=image.pk).delete()
    assert renditions._stored(image, rows) == 0
    assert Rendition.objects.count() == 0
    assert len(before - files()) == 1


def test_a_picture_that_got_another_file_meanwhile_keeps_no_rendition_of_the_old_one():
    image = stored()
    rows = list(renditions._made(image, [("webp", 120)]))
    Image.objects.get(pk=image.pk).file.save("photo.jpg", upload(encoded(raster(50, 50))))
    assert renditions._stored(image, rows) == 0
    assert image.renditions.count() == 0


def test_a_picture_that_is_gone_is_no_error():
    assert make_renditions.call(4_000_000) == 0


def test_a_missing_file_is_told_to_the_log(caplog):
    image = stored()
    default_storage.delete(image.file.name)
    assert make(image) == 0
    assert caplog.messages == [
        f"Picture {image.pk} has no renditions: its file {image.file.name} is missing."
    ]


def test_a_damaged_file_fails_and_is_not_tried_for_ever():
    image = stored()
    default_storage.delete(image.file.name)
    default_storage.save(image.file.name, upload(encoded(raster())[:300]))
    with pytest.raises(ValueError, match=f"The file of picture {image.pk} is damaged: "):
        make(image)
    assert DBTaskResult.objects.count() == 0


# The queue


def run_worker():
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_them_once_the_picture_is_committed():
    with transaction.atomic():
        image = stored()
        renditions.queue(image)
        assert DBTaskResult.objects.count() == 0
    run_worker()
    assert image.renditions.count() == 2
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_is_not_committed_is_not_queued():
    with transaction.atomic():
        renditions.queue(stored())
        transaction.set_rollback(True)
    assert DBTaskResult.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_queued_by_a_command(capsys):
    done, left = stored(has_renditions=True), stored()
    call_command("make_renditions")
    assert capsys.readouterr().out == "1 picture waits for the worker.\n"
    run_worker()
    assert left.renditions.count() == done.renditions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_files_go_once_the_row_is_gone_for_good():
    image = stored(has_renditions=True)
    with transaction.atomic():
        renditions.delete_files([image.file.name])
        transaction.set_rollback(True)
    assert default_storage.exists(image.file.name)
    renditions.delete_files([image.file.name])
    assert not default_storage.exists(image.file.name)


def test_renditions_are_smaller_than_their_picture():
    noisy = Raster.effect_noise((2000, 1500), 40).convert("RGB")
    image = stored()
    image.file.save("photo.jpg", upload(encoded(noisy, quality=90)))
    make(image)
    sizes = [row.file.size for row in image.renditions.filter(format="jpeg").order_by("width")]
    assert sizes == sorted(sizes)
    assert sizes[-1] < image.file.size
