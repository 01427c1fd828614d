"""Requests that cannot be read are told so in a sentence, whatever they were for."""

import pytest

from articles.models import Article
from articles.tests import desk

pytestmark = pytest.mark.django_db


def test_a_form_that_is_too_large_is_told_so(client, editor, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    client.force_login(editor)
    response = client.post(desk.address("add"), {"headline": "Long", "body": "word " * 1_000})
    assert response.status_code == 413
    assert "Nothing was saved. A form may hold 5 MB." in response.text
    assert not Article.objects.exists()


def test_a_form_with_too_many_fields_is_told_so(client, editor, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    client.force_login(editor)
    response = client.post(desk.address("add"), {f"field-{number}": "x" for number in range(20)})
    assert response.status_code == 413
    assert "This is too large to be saved" in response.text


def test_a_number_that_no_row_can_have_breaks_nothing(client, superuser, editor):
    client.force_login(superuser)
    where = desk.address("change", editor, model="user")
    sent = desk.filled_in(client.get(where)) | {"groups": ["9" * 30]}
    assert client.post(where, sent).status_code in (200, 404)  # SQLite fails on it, PostgreSQL finds no row


def test_what_no_form_sends_is_refused_with_a_sentence(client):
    response = client.get("/", headers={"host": "not a host"})
    assert response.status_code == 400
    assert "Nothing was changed. Go back and try again." in response.text
