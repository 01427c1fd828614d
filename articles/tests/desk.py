"""The desk's forms as a browser without scripts fills them in and sends them."""

from django.urls import reverse
from lxml import html

# Everybody whose way to a page is in a table, as fixtures of these names; "nobody" is not signed in.
PEOPLE = ["reporter", "editor", "moderator", "administrator", "outsider", "superuser", "nobody"]

TYPED = {"text", "url", "number", "datetime-local"}  # fields that are sent when they are empty, too


def address(page, *args, model="article"):
    """The admin address of a page: `changelist`, `add`, `change`, `publish` …"""
    return reverse(f"admin:articles_{model}_{page}", args=[getattr(arg, "pk", arg) for arg in args])


def filled_in(response, /, **typed):
    """What the page's form would send as it stands, with the fields `typed` changed. None takes a field out."""
    page = html.fromstring(response.text)
    forms = [form for form in page.forms if form.method == "POST" and form.get("id") != "logout-form"]
    empty = {field.get("name"): "" for field in forms[0].iter("input") if field.get("type") in TYPED}
    values = empty | dict(forms[0].form_values())
    # A browser drops the line's end right after <textarea>, which lxml keeps.
    areas = {area.name: (area.text or "").removeprefix("\n") for area in forms[0].iter("textarea")}
    values |= {name: words for name, words in areas.items() if name in values} | typed
    return {name: value for name, value in values.items() if value is not None}


def send(client, url, /, **typed):
    """Opens the page, changes these fields, and sends the form."""
    return client.post(url, filled_in(client.get(url), **typed))


def said(client, response):
    """The messages on the page that the answer leads to, one after the other."""
    page = client.get(response.url) if response.status_code == 302 else response
    return [str(message) for message in page.context["messages"]]


def rows(prefix, **typed):
    """{"citations-0-title": …} from title=…, for the first row; a name such as `title_1` means the second row."""
    found = {}
    for name, value in typed.items():
        field, _, number = name.rpartition("_") if name[-1].isdigit() else (name, "", "0")
        found[f"{prefix}-{number}-{field}"] = value
    return found
