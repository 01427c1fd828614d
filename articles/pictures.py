"""Pictures as pages print them: the file in several sizes, and the words that stand in for it.

A page reads what it needs of its pictures in its own query, as rows (see `models/media.py`), and makes
`Picture`s of them. Everything here is pure, and every word is escaped.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

# How wide a picture stands on a page, for the browser to choose a file by: the columns of news.css.
BODY_SIZES = "(min-width: 44rem) 39rem, 100vw"
WIDE_SIZES = "(min-width: 80rem) 55rem, (min-width: 64rem) calc(100vw - 25rem), 100vw"
SHARED_WIDTH = 1200  # what is shown where a page is shared, and to search engines
DEFAULT_WIDTH = 800  # for a browser that does not choose
SEAL_LASTS = dt.timedelta(hours=1)
FOCAL_STEP = 10  # per cent; a policy without inline styles leaves classes, and few of them


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a picture. `address` is a path of this site, `format` "webp" or "jpeg"."""

    format: str
    width: int
    height: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture whose rights have not ended. `files` are its renditions, narrowest first, none before they are made.

    `alt` is "" for a picture that is decorative.
    """

    pk: int
    uid: str
    address: str
    width: int
    height: int
    focal: tuple[int, int]
    files: tuple[File, ...] = ()
    alt: str = ""
    caption: str = ""
    credit: str = ""

    def saying(self, words: Mapping[str, str]) -> "Picture":
        """This picture with the words that an edition prints: {"alt", "caption", "credit"}."""
        alt, caption, credit = (words.get(name, "") for name in ("alt", "caption", "credit"))
        return replace(self, alt=alt, caption=caption, credit=credit)

    def of_format(self, kind: str) -> list[File]:
        return [file for file in self.files if file.format == kind]

    def near(self, width: int) -> "Picture | File":
        """The JPEG that is nearest to that width from above, else the widest; the original while there is none."""
        files = self.of_format("jpeg")
        wide_enough = (file for file in files if file.width >= width)
        return next(wide_enough, None) or (files[-1] if files else self)

    @property
    def shared(self) -> "Picture | File":
        """The file, with `address`, `width` and `height`, for those who share the page."""
        return self.near(SHARED_WIDTH)

    @property
    def focal_class(self) -> str:
        """The classes of the stylesheet that keep the focal point in view; "" for the middle."""
        across, down = (round(part / FOCAL_STEP) for part in self.focal)
        return "" if (across, down) == (5, 5) else f"fx{across} fy{down}"


def pictures_of(rows: Iterable[Mapping]) -> dict[str, Picture]:
    """{uid: Picture} of the rows of a page's query, in their order: one row for each rendition of a picture."""
    return {
        uid: _picture(uid, list(same))
        for uid, same in groupby(rows, key=lambda row: str(uuid.UUID(row["uid"])))
    }


def _picture(uid, rows):
    first = rows[0]
    seal = first.get("seal", "")
    made = sorted((row for row in rows if row["made"]), key=itemgetter("made_width"))
    return Picture(
        pk=first["id"],
        uid=uid,
        address=file_address(first["file"], seal=seal),
        width=first["width"],
        height=first["height"],
        focal=(first["focal_x"], first["focal_y"]),
        files=tuple(
            File(
                format=row["made_format"],
                width=row["made_width"],
                height=row["made_height"],
                address=file_address(row["made"], seal=seal),
            )
            for row in made
        ),
    )


def seal_of(uid: str) -> str:
    """What opens a picture that no live story shows to whoever gets it with its address, for an hour."""
    return _signer().sign(uid)


def sealed(rows: Iterable[Mapping]) -> list[dict]:
    """The rows of a page's query, of pictures that no live story needs to show."""
    return [{**row, "seal": seal_of(str(uuid.UUID(row["uid"])))} for row in rows]


def is_sealed(uid: str, seal: str) -> bool:
    """Whether `seal` was made for that picture, and not too long ago."""
    try:
        return _signer().unsign(seal, max_age=SEAL_LASTS) == uid
    except BadSignature:
        return False


def _signer():
    return TimestampSigner(salt="articles.pictures")


def file_address(stored_name: str, *, seal: str = "") -> str:
    """The public path of a stored file, with its seal where it has one."""
    address = reverse("articles:picture", args=[stored_name.rpartition("/")[2]])
    return f"{address}?{urlencode({'seal': seal})}" if seal else address


def picture_element(
    picture: Picture, *, sizes: str, is_lazy: bool = True, alt: str | None = None
) -> SafeString:
    """A `<picture>` that lets the browser choose among the files; `alt` in place of the picture's own."""
    webp, jpeg = (_srcset(picture.of_format(kind)) for kind in ("webp", "jpeg"))
    source = format_html('<source type="image/webp" srcset="{}" sizes="{}">', webp, sizes) if webp else ""
    choice = format_html(' srcset="{}" sizes="{}"', jpeg, sizes) if jpeg else ""
    crop = format_html(' class="{}"', picture.focal_class) if picture.focal_class else ""
    loading = ' loading="lazy"' if is_lazy else ' fetchpriority="high"'
    return format_html(
        '<picture>{}<img src="{}"{} width="{}" height="{}" alt="{}"{}{}></picture>',
        source, picture.near(DEFAULT_WIDTH).address, choice, picture.width, picture.height,
        picture.alt if alt is None else alt, crop, SafeString(loading),
    )  # fmt: skip


def _srcset(files):
    return ", ".join(f"{file.address} {file.width}w" for file in files)


def plain_element(picture: Picture, *, site_url: str) -> SafeString:
    """An `<img>` with an absolute address, for where there is no stylesheet: a feed."""
    file = picture.shared
    return format_html(
        '<img src="{}{}" width="{}" height="{}" alt="{}">',
        site_url, file.address, file.width, file.height, picture.alt,
    )  # fmt: skip


def figure(picture: Picture, element: SafeString) -> SafeString:
    """A `<figure>` of the body, with caption and credit in one line where it has any."""
    return format_html("<figure>{}{}</figure>", element, figcaption(picture))


def figcaption(picture: Picture) -> SafeString:
    """Caption and credit as a `<figcaption>`, or ""."""
    parts = []
    if picture.caption:
        parts.append(format_html("{}", picture.caption))
    if picture.credit:
        parts.append(format_html('<span class="credit">{}</span>', picture.credit))
    line = format_html_join(" ", "{}", ((part,) for part in parts))
    return format_html("<figcaption>{}</figcaption>", line) if line else SafeString()
