"""Parts of pages: rendered once for the same things, anew for others, and never from the database."""

import datetime as dt

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from articles.kept import Kept, kept
from articles.models import Section
from articles.models.prepared import Prepared
from articles.tests.stories import section

TEMPLATE = "shown.html"


@pytest.fixture
def shown(settings):
    """Gives a function that prints the part of that source, with what is given, on a page that has more."""

    def printed(source, **given):
        loaders = [("django.template.loaders.locmem.Loader", {TEMPLATE: source})]
        options = {**settings.TEMPLATES[0]["OPTIONS"], "loaders": loaders}
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False, "OPTIONS": options}]
        names = " ".join(f"{name}={name}" for name in given)
        page = engines["django"].from_string(f'{{% load parts %}}{{% part "{TEMPLATE}" {names} %}}')
        return lambda **changes: page.render({"secret": "of the page", **given, **changes})

    kept.clear()
    yield printed
    kept.clear()


class Thing:
    """Something that says what it holds, and counts how often it is looked at."""

    def __init__(self, words, *, read_as):
        self.words, self.read_as, self.looks = words, read_as, 0

    @property
    def look(self):
        self.looks += 1
        return self.words


def test_a_part_is_rendered_once_for_what_holds_the_same(shown):
    first, same, other = Thing("a", read_as=1), Thing("a", read_as=1), Thing("b", read_as=2)
    print_part = shown("{{ thing.look }}", thing=first)
    assert [print_part(), print_part(thing=same), print_part(thing=other)] == ["a", "a", "b"]
    assert (first.looks, same.looks, other.looks) == (1, 0, 1)


def test_a_part_is_rendered_each_time_where_nobody_knows_what_a_thing_holds(shown):
    thing = Thing("a", read_as=None)
    print_part = shown("{{ thing.look }}", thing=thing)
    assert [print_part(), print_part()] == ["a", "a"]
    assert thing.looks == 2


@pytest.mark.parametrize(
    ("before", "after", "printed"),
    [
        ("a", "b", "b"),
        ("<b>", mark_safe("<b>"), "<b>"),
        (1, True, "True"),
        (None, "None", "None"),
        (dt.date(2026, 1, 1), dt.date(2026, 2, 1), "1 Feb 2026"),
        (["a"], ["a", "b"], "[&#x27;a&#x27;, &#x27;b&#x27;]"),
        ({"a": 1}, {"a": 2}, "{&#x27;a&#x27;: 2}"),
    ],
    ids=["text", "safe", "true", "none", "day", "list", "dict"],
)
def test_other_things_are_printed_however_alike_they_are(shown, before, after, printed):
    print_part = shown("{{ thing }}", thing=before)
    print_part()
    assert print_part(thing=after) == printed


def test_what_is_unsafe_stays_so_where_the_same_words_were_safe_before(shown):
    print_part = shown("{{ thing }}", thing=mark_safe("<b>"))
    assert print_part() == "<b>"
    assert print_part(thing="<b>") == "&lt;b&gt;"


def test_a_part_knows_nothing_of_the_page_around_it(shown):
    assert shown("{{ secret }}{{ request }}{{ site_name }}{{ thing }}", thing="a")() == "a"


def test_a_part_is_rendered_for_each_language_and_zone(shown):
    print_part = shown(
        "{% load tz %}{{ thing|yesno }} {% get_current_timezone as zone %}{{ zone }}", thing=True
    )
    assert print_part() == "yes Europe/Brussels"
    with translation.override("fr"), timezone.override("Asia/Tokyo"):
        assert print_part() == "oui Asia/Tokyo"


def test_a_part_forgets_when_settings_change(shown, settings):
    thing = Thing("a", read_as=1)
    print_part = shown("{{ thing.look }}", thing=thing)
    print_part()
    settings.SITE_NAME = "Another"
    print_part()
    assert thing.looks == 2


@pytest.mark.django_db
def test_a_part_that_is_kept_asks_the_database_nothing(shown):
    world = section("World")
    (record,) = Prepared(lambda: Section.objects.filter(slug="world").only("slug")).records()
    print_part = shown("{{ thing.name }}", thing=record)
    with pytest.raises(RuntimeError, match=r"^A part of a page asks the database nothing\. Read this before"):
        print_part()
    assert print_part(thing=world) == "World"


def test_what_was_asked_for_longest_ago_is_dropped_when_there_is_no_room():
    made = []
    some = Kept(most=20_000)

    def ask(name):
        return some(name, lambda: made.append(name) or "x" * 1000)

    for number in range(20):
        ask(str(number))
        ask("0")
    assert some.size <= 20_000
    assert made == [str(number) for number in range(20)]
    ask("19")
    ask("1")
    assert made[20:] == ["1"]


def test_what_needs_a_tenth_of_the_room_is_not_kept():
    some = Kept(most=20_000)
    assert some("key", lambda: "x" * 2_000) == "x" * 2_000
    assert some.size == 0


def test_a_part_of_days_is_rendered_once(shown):
    days = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
    print_part = shown("{{ days|length }}{{ thing.look }}", days=days, thing=Thing("", read_as=1))
    thing = Thing("", read_as=1)
    assert [print_part(), print_part(days=[*days], thing=thing), print_part(days=days[:1])] == ["2", "2", "1"]
    assert thing.looks == 0


@pytest.mark.parametrize("tag", ["part", "stop_press"])
@pytest.mark.parametrize("words", ["name thing=thing", '"a.html" thing', '"a.html" thing=thing more'])
def test_a_part_is_named_in_quotes_and_given_things_by_name(tag, words):
    with pytest.raises(
        TemplateSyntaxError, match=f'Write {{% {tag} "articles/_part.html" edition=edition %}}.'
    ):
        engines["django"].from_string(f"{{% load parts %}}{{% {tag} {words} %}}")
