"""The shipped `deploy/pictures-in-a-bucket.conf`, run: nginx fetches the bytes, the site decides who gets them."""

import getpass
import re
import shutil
import subprocess
import time
from http.client import HTTPConnection

import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage

from articles.pictures import file_address
from articles.tests.buckets import HOST, free_port, keep_pictures_in
from articles.tests.photographs import encoded, raster, stored
from articles.tests.stories import published, write

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
SHIPPED = site.BASE_DIR / "deploy" / "pictures-in-a-bucket.conf"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not NGINX, reason="no nginx found: install it to run the tests of its configuration"),
]
CONFIGURATION = """
    daemon off; pid {folder}/pid; error_log {folder}/errors; user {user}; worker_processes 1;
    events {{ worker_connections 64; }}
    http {{
        access_log off; {scratch}
        server {{
            listen {host}:{port};
            location / {{ proxy_pass {upstream}; proxy_set_header Host $http_host; }}
            {shipped}
        }}
    }}
"""


def changed(text, *, bucket):
    """The shipped lines with this machine's values in place of the two that differ."""
    text, found = re.subn(r"set \$bucket https://.*;", f"set $bucket {bucket};", text)
    text, also_found = re.subn(r"resolver 127.0.0.53 .*;", "", text)
    assert (found, also_found) == (1, 1)
    return text


@pytest.fixture
def nginx(tmp_path, live_server, bucket_server, settings):
    """A function that asks nginx: (status, headers, bytes) of a path. Pictures are in a bucket behind it."""
    keep_pictures_in(bucket_server.make_bucket(), settings)
    settings.X_ACCEL = True
    port = free_port()
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    values = {
        "folder": tmp_path, "user": getpass.getuser(), "host": HOST, "port": port, "upstream": live_server.url,
        "scratch": "".join(f"{name}_temp_path {tmp_path}/{name};" for name in names),
        "shipped": changed(SHIPPED.read_text(), bucket=bucket_server.url),
    }  # fmt: skip
    file = tmp_path / "nginx.conf"
    file.write_text(CONFIGURATION.format(**values))
    process = subprocess.Popen([NGINX, "-e", tmp_path / "errors", "-c", file])

    def ask(path, *, method="GET", **headers):
        connection = HTTPConnection(HOST, port, timeout=30)
        connection.request(method, path, headers={"Cookie": "a=b", "Accept-Encoding": "br, gzip", **headers})
        response = connection.getresponse()
        answer = response.status, response.headers, response.read()
        connection.close()
        return answer

    try:
        _wait_for(process, ask, errors=tmp_path / "errors")
        yield ask
    finally:
        process.terminate()
        process.wait()


def _wait_for(process, ask, *, errors):
    while process.poll() is None:
        try:
            return ask("/healthz")
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError(f"nginx ended: {errors.read_text()}")


@pytest.fixture
def image(nginx):
    image = stored(has_renditions=True)
    published("Bridge", image=image)
    return image


def test_a_reader_gets_the_bytes_under_the_headers_of_the_site_and_no_word_of_the_bucket(nginx, image):
    webp = image.renditions.get(format="webp").file
    for name, kind in ((image.file.name, "image/jpeg"), (webp.name, "image/webp")):
        status, headers, data = nginx(file_address(name))
        with default_storage.open(name) as file:
            assert (status, data) == (200, file.read())
        assert {each: headers.get_all(each) for each in headers} == {
            "Server": [headers["Server"]], "Date": [headers["Date"]], "Connection": ["keep-alive"],
            "Content-Type": [kind],
            "Content-Length": [str(len(data))],
            "Content-Disposition": ["inline"],
            "Cache-Control": ["public, no-cache"],
            "ETag": [f'"{name.removeprefix("images/")}"'],
            "Content-Security-Policy": ["sandbox; default-src 'none'"],
            "Cross-Origin-Resource-Policy": ["cross-origin"],
            "Cross-Origin-Opener-Policy": ["same-origin"],
            "Permissions-Policy": [headers["Permissions-Policy"]],
            "Referrer-Policy": ["strict-origin-when-cross-origin"],
            "X-Content-Type-Options": ["nosniff"],
            "X-Frame-Options": ["DENY"],
        }  # fmt: skip


def test_a_head_a_part_and_a_question_whether_it_is_still_the_same(nginx, image):
    where = file_address(image.file.name)
    status, headers, data = nginx(where, method="HEAD")
    assert (status, int(headers["Content-Length"]), data) == (200, image.file.size, b"")
    assert nginx(where, **{"If-None-Match": headers["ETag"]})[0] == 304
    assert nginx(where, **{"If-None-Match": '"other"'})[0] == 200
    assert nginx(where, Range="bytes=0-9")[0::2] == (200, encoded(raster()))


def test_what_may_not_be_shown_is_not_fetched(nginx, image):
    hidden = stored()
    write(image=hidden)
    assert nginx(file_address(hidden.file.name))[0] == 404
    key = f"{default_storage.bucket_name}/desk/{image.file.name}"
    assert nginx(f"/internal/bucket/{key}")[0] == 404
    image.rights_until = image.uploaded_at
    image.save()
    assert nginx(file_address(image.file.name))[0] == 404


def test_a_file_that_is_missing_and_a_bucket_that_refuses_are_told_in_our_words(nginx, image, settings):
    where = file_address(image.file.name)
    default_storage.delete(image.file.name)
    status, headers, data = nginx(where)
    assert (status, data) == (404, b"The file of this picture is missing.\n")
    assert headers.get_all("Cache-Control")[-1] == "no-store"
    keep_pictures_in(settings.MEDIA_BUCKET | {"bucket_name": "another-bucket"}, settings)
    status, _headers, data = nginx(file_address(image.renditions.first().file.name))
    assert (status, data) == (404, b"The file of this picture is missing.\n")


def test_a_bucket_that_is_away_is_a_503(nginx, image, bucket_server):
    with bucket_server.silent():
        status, headers, data = nginx(file_address(image.file.name))
    assert (status, data) == (503, b"The pictures cannot be reached at the moment. Try again in a moment.\n")
    assert (headers["Retry-After"], headers.get_all("Cache-Control")[-1]) == ("10", "no-store")
