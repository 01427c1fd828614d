"""What the server hands to Django, before any of our pages."""

import io

import pytest

from newsroom.wsgi import application


@pytest.mark.parametrize(
    "charset",
    ["hex", "undefined", "idna", "utf-16", '"hex"', "utf-8; x*=idna''%FF", "a; x*0*=undefined''%41"],
)
def test_the_charset_a_request_names_changes_nothing(charset, db):
    told = {}
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "QUERY_STRING": "q=%41", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http",
        "CONTENT_TYPE": f"text/html; charset={charset}",
    }  # fmt: skip
    application(environ, lambda status, headers: told.update(status=status))
    assert told["status"] == "200 OK"
