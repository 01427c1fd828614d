"""What is taken in of an uploaded picture, and as what it is kept; and the sentences for what is not."""

import io
import struct
import zlib

import pytest
from PIL import Image as Raster
from PIL import ImageCms

from articles.images import MOST_MEGABYTES, PictureRefused, take_in
from articles.tests.photographs import encoded, photo, raster, upload


def opened(content):
    """What was kept, opened again."""
    return Raster.open(io.BytesIO(content.read()))


def noise(width, height):
    return Raster.effect_noise((width, height), 64).convert("RGB")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width, height):
    """A few bytes of PNG whose header promises a picture of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


# What is taken in


@pytest.mark.parametrize(
    ("kind", "kept_as", "ending"),
    [("JPEG", "JPEG", "jpg"), ("PNG", "PNG", "png"), ("WEBP", "WEBP", "webp"), ("GIF", "PNG", "png")],
)
def test_a_picture_is_kept_in_its_size_under_the_ending_that_its_content_has(kind, kept_as, ending):
    kept = take_in(upload(encoded(raster(300, 200), kind), "lies.exe"))
    picture = opened(kept)
    assert kept.name == f"picture.{ending}"
    assert (picture.format, picture.size) == (kept_as, (300, 200))


@pytest.mark.parametrize("name", ["photo.svg", "photo.html", "photo", "../../etc/passwd.png", "🌉.jpg"])
def test_a_name_that_lies_changes_nothing(name):
    assert take_in(upload(encoded(raster()), name)).name == "picture.jpg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_pixels_is_kept_as_one_that_browsers_show(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = opened(take_in(upload(encoded(Raster.new(mode, (8, 8)), kind))))
    assert picture.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_a_grey_of_sixteen_bits_keeps_its_brightness():
    grey = Raster.new("I;16", (4, 4), 0x8000)
    assert opened(take_in(upload(encoded(grey, "PNG")))).getpixel((0, 0)) == (128, 128, 128)


def test_what_shines_through_still_does():
    glass = Raster.new("RGBA", (4, 4), (255, 0, 0, 100))
    assert opened(take_in(upload(encoded(glass, "PNG")))).getpixel((0, 0)) == (255, 0, 0, 100)


def test_a_picture_is_turned_upright():
    exif = Raster.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    kept = take_in(upload(encoded(raster(30, 20), exif=exif)))
    assert opened(kept).size == (20, 30)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_time_camera_and_comments_are_left_out(kind):
    exif = Raster.Exif()
    exif[0x010F], exif[0x0132] = "SecretCamera", "2025:06:09 12:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 51.0, 0.0), 3: "E", 4: (4.0, 21.0, 0.0)})  # GPS
    options = {"exif": exif, "xmp": b"<x:xmpmeta>SecretPlace</x:xmpmeta>"}
    if kind == "JPEG":
        options["comment"] = "SecretComment"
    data = encoded(raster(), kind, **options)
    assert b"Secret" in data
    kept = take_in(upload(data))
    assert b"Secret" not in kept.read()
    kept.seek(0)
    picture = opened(kept)
    assert dict(picture.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile"} & picture.info.keys()


def test_text_of_a_png_is_left_out():
    from_camera = Raster.new("RGB", (4, 4))
    from_camera.info["unused"] = "x"
    data = encoded(from_camera, "PNG").replace(
        chunk(b"IEND", b""), chunk(b"tEXt", b"Author\0SecretName") + chunk(b"IEND", b"")
    )
    assert b"SecretName" in data
    assert b"SecretName" not in take_in(upload(data)).read()


def test_what_is_appended_to_a_picture_is_left_out():
    data = encoded(raster()) + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in take_in(upload(data)).read()


def profile(name="sRGB"):
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def profile_with_red_and_blue_swapped():
    """sRGB under another name, whose colorants have changed places."""
    names = profile().replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))
    return names.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)


@pytest.mark.parametrize(
    ("icc_profile", "colour"),
    [
        (profile(), (200, 30, 60)),
        (profile_with_red_and_blue_swapped(), (60, 30, 200)),
        (profile("LAB"), (200, 30, 60)),  # fits no pixels of this kind, so that it is passed over
        (b"no profile at all", (200, 30, 60)),
    ],
)
def test_colours_are_kept_as_those_of_srgb(icc_profile, colour):
    given = raster(8, 8, colour=(200, 30, 60))
    picture = opened(take_in(upload(encoded(given, "PNG", icc_profile=icc_profile))))
    assert "icc_profile" not in picture.info
    assert max(abs(a - b) for a, b in zip(picture.getpixel((0, 0)), colour, strict=True)) <= 2


def test_a_jpeg_with_a_second_picture_in_it_keeps_the_first():
    data = encoded(raster(40, 30, colour="red"), "MPO", save_all=True, append_images=[raster(40, 30)])
    kept = take_in(upload(data))
    assert kept.name == "picture.jpg"
    assert opened(kept).getpixel((0, 0))[0] > 200


# What is refused, each with a sentence that names it

SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOT_PICTURES = {
    "drawing.svg": (SVG, "an SVG drawing"),
    "drawing.png": (b"<svg onload=alert(1)>", "an SVG drawing"),
    "paper.jpg": (b"%PDF-1.7 ...", "a PDF document"),
    "IMG_1.HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0", "an HEIC photograph"),
    "photo.avif": (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF picture"),
    "film.jpg": (b"\0\0\0\x18ftypisom\0\0\0\0", "a film"),
    "scan.tiff": (encoded(raster(), "TIFF"), "a TIFF picture or a camera’s raw file"),
    "paint.bmp": (encoded(raster(), "BMP"), "a BMP picture"),
    "layers.psd": (b"8BPS\0\1", "a Photoshop document"),
    "favicon.ico": (encoded(raster(16, 16), "ICO"), "an icon"),
    "text.docx": (b"PK\x03\x04....", "an archive or an office document"),
    "page.jpg": (b"<!DOCTYPE html><title>x</title>", "a web page"),
    "virus.jpg": (b"MZ\x90\0", "a program"),
    "note.jpg": (b"Only words.\n", "a text"),
    "noise.jpg": (b"\x00\x01\x02\x03" * 50, "no picture that we can read"),
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_of_ours_is_named(name):
    data, kind = NOT_PICTURES[name]
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(data, name))
    assert refusal.value.messages == [f"“{name}” is {kind}. Choose a JPEG, PNG, WebP or GIF picture."]


DAMAGED = "“photo.jpg” breaks off or is damaged. Save or export it again, then choose it."
TOO_LARGE = (
    "“photo.jpg” is too large to be opened. Make it smaller first: "
    "50 million pixels at most, and 16,000 on a side."
)


@pytest.mark.parametrize(
    ("width", "height"),
    [(30_000, 30_000), (10_000, 9_000), (8_000, 7_000), (16_001, 10), (10, 16_001), (2**31 - 1, 1)],
)
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(width, height):
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(png_that_claims(width, height)))
    assert refusal.value.messages == [TOO_LARGE]


def test_a_gif_whose_frame_is_larger_than_itself_is_refused():
    small = bytearray(encoded(raster(4, 4), "GIF"))
    place = small.index(b"\x2c", 13)  # the frame's own place and size
    small[place + 1 : place + 9] = struct.pack("<HHHH", 0, 0, 60_000, 60_000)
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(bytes(small)))
    assert refusal.value.messages == [TOO_LARGE]


def test_a_file_of_too_many_bytes_is_refused_unread():
    class Endless:
        name, size = "raw.jpg", MOST_MEGABYTES * 1024 * 1024 + 1

        def read(self):
            raise AssertionError("It was read.")

    with pytest.raises(PictureRefused) as refusal:
        take_in(Endless())
    assert refusal.value.messages == ["“raw.jpg” has 21 MB. Choose a picture of 20 MB or less."]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_that_breaks_off_is_refused(kind, part):
    data = encoded(noise(200, 200), kind)
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(data[: int(len(data) * part)]))
    assert refusal.value.messages == [DAMAGED]


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP"])
def test_the_mere_beginning_of_a_picture_is_refused(data):
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(data))
    assert refusal.value.messages == [DAMAGED]


def test_a_damaged_file_is_refused():
    data = bytearray(encoded(noise(200, 200), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(bytes(data)))
    assert refusal.value.messages == [DAMAGED]


def test_a_file_that_breaks_off_in_a_second_frame_is_refused():
    one_frame = encoded(raster(), "GIF")
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(one_frame[:-1] + b"!\xf9\x04"))
    assert refusal.value.messages == [DAMAGED]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_is_refused(kind):
    frames = [raster(colour=colour) for colour in ("red", "green", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(PictureRefused) as refusal:
        take_in(upload(data, "dance.gif"))
    assert refusal.value.messages == ["“dance.gif” is a moving picture. Choose a still one."]


def test_a_picture_of_twelve_megapixels_is_taken_in():
    assert opened(take_in(photo(4000, 3000))).size == (4000, 3000)
