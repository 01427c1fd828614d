"""What may stand in the variable parts of an address."""

from django.urls import register_converter

from articles.pages import PAGES


class Digits:
    """A number of a fixed width, such as the 06 of a month."""

    width = 2

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{int(value):0{self.width}}"


class Year(Digits):
    regex = "[12][0-9]{3}"
    width = 4


class Month(Digits):
    regex = "0[1-9]|1[0-2]"


class Day(Digits):
    regex = "0[1-9]|[12][0-9]|3[01]"


class Words:
    """A slug: letters of any script with their marks, digits, hyphens, underscores.

    Which characters those are is for the database to say: what no slug has finds no row.
    """

    regex = r"[^/\s\x00-\x1f\x7f]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


class VersionNumber(Words):
    """The number of a version of a story, which begins with no zero: a version has one address."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value):
        return int(value)


class PictureFile(Words):
    """The name of a stored picture, as `articles.models.media.random_name` makes it."""

    regex = r"[0-9a-f]{32}\.(?:jpg|png|webp)"


class FooterPage(Words):
    regex = "|".join(PAGES)


register_converter(Year, "yyyy")
register_converter(Month, "mm")
register_converter(Day, "dd")
register_converter(Words, "words")
register_converter(FooterPage, "page")
register_converter(PictureFile, "picture")
register_converter(VersionNumber, "version")
