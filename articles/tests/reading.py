"""Pages for tests, read by XPath; those for readers fetched at a moment after all stories of `stories.py`."""

import datetime as dt

import time_machine
from lxml import html

from articles.tests.stories import NOON

MINUTE = dt.timedelta(minutes=1)
NOW = NOON + dt.timedelta(days=1)


def fetch(client, address, *, at=NOW, status=200):
    """The response of an address at that moment."""
    with time_machine.travel(at, tick=False):
        response = client.get(address)
    assert response.status_code == status, f"{address} answers {response.status_code}"
    return response


def read(client, address, *, at=NOW, status=200):
    """The page at an address, as a tree."""
    return tree_of(fetch(client, address, at=at, status=status))


def tree_of(response):
    """The page of a response, as a tree."""
    return html.document_fromstring(response.content.decode())


def texts(tree, path):
    """The texts of the elements (or the values of the attributes) at this XPath, white space folded."""
    found = tree.xpath(path)
    return [" ".join((node if isinstance(node, str) else node.text_content()).split()) for node in found]


def rows_of(response):
    """The rows of a list of the admin, each as the text of its cells."""
    return [
        " ".join(texts(row, "*")) for row in tree_of(response).xpath("//table[@id='result_list']/tbody/tr")
    ]


def headlines(tree):
    """The headlines of a list of stories, in order."""
    return texts(tree, "//article[@class='result']/h2")
