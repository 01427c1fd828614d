"""Pages of which one thing changes more often than the rest: what tells of it is printed last, and again by itself.

A newspaper leaves room on the plate of a page for what comes in while it is printed, the stop press. Here that is the
conversation under a story: where only a comment was added, the page is printed from its plate, without a request to
Django, without reading the story anew, and byte for byte as it would be rendered.
"""

import datetime as dt
import secrets

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation

from articles.shown import noted_so_far, shows, shows_until
from articles.templatetags.parts import printed, setting_now

PLATE = "newsroom.plate"  # where the environ of a request names the Plate that its page was printed from


class Late:
    """What a page reads last, given to `{% stop_press %}` in place of the thing itself, which `read()` gives.

    `read` notes by itself what it reads (see shown.py), and depends on nothing that the page was made of besides what
    the page has noted.
    """

    do_not_call_in_templates = True

    def __init__(self, read):
        self.read = read


class Plate:
    """A page with room for its stop press; `names` and `until` say what the rest of it shows (see shown.py).

    `size` is in bytes.
    """

    names: frozenset[str] = frozenset()
    until: dt.datetime | None = None

    def __init__(self):
        self._mark = secrets.token_hex(16)  # nobody can have written it
        self._rooms, self._pieces = [], []
        self._setting = setting_now()

    def leave_room(self, template_name, **given):
        """What stands in the page's text for that part, of which each `given` is a Late."""
        self._rooms.append((template_name, given))
        return self._mark

    def cast(self, text):
        """Takes the text of the whole page, and notes what was read for it up to now."""
        self._pieces = [piece.encode() for piece in text.split(self._mark)]
        self.names, self.until = noted_so_far()

    @property
    def size(self):
        return sum(map(len, self._pieces))

    def print(self):
        """The bytes of the page with all that comes late as it is now, which is noted as for any page."""
        shows(*self.names)
        shows_until(self.until)
        language, zone = self._setting
        with translation.override(language), timezone.override(zone):
            parts = self._parts()
        first, *others = self._pieces
        return first + b"".join(part + piece for part, piece in zip(parts, others, strict=True))

    def _parts(self):
        read = {late: late.read() for late in {late for _, given in self._rooms for late in given.values()}}
        return [
            printed(name, {word: read[late] for word, late in given.items()}, self._setting).encode()
            for name, given in self._rooms
        ]


def print_page(request, template_name, context):
    """The response of `render`, for a template with a `{% stop_press %}`; its Plate is named in the environ."""
    plate = Plate()
    plate.cast(render_to_string(template_name, context | {"plate": plate}, request))
    request.META[PLATE] = plate
    return HttpResponse(plate.print())
