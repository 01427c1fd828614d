"""Posts that other sites' pages send, and where a post is taken to come from."""

import pytest

from articles.tests.stories import published
from comments.models import Comment
from comments.network import network_of
from comments.tests.replies import typed

REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
OURS, THEIRS = "https://news.example", "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": OURS}, 303),
        ({"Origin": OURS}, 303),
        ({"Origin": "https://NEWS.example"}, 403),
        ({"Referer": f"{OURS}/2025/06/09/story/"}, 303),
        ({"Origin": OURS, "Referer": THEIRS}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Referer": THEIRS}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": THEIRS}, 403),
        ({"Origin": THEIRS}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://news.example"}, 403),
        ({"Origin": "https://news.example.evil.example"}, 403),
        ({"Referer": f"{THEIRS}/page"}, 403),
        ({"Referer": "https://news.example@evil.example/"}, 403),
        ({"Referer": "http://["}, 403),
        ({"Referer": ""}, 403),
    ],
)
def test_only_our_own_pages_may_post(client, edition, settings, headers, status):
    settings.SITE_URL = OURS
    settings.ALLOWED_HOSTS = ["news.example"]
    response = client.post(REPLY, typed(), headers={"Host": "news.example", **headers})
    assert response.status_code == status
    assert Comment.objects.count() == (1 if status == 303 else 0)
    if status == 403:
        page = response.content.decode()
        assert "This was sent from another site. Your text is below; post it again from here" in page
        assert ">\nWho pays for it?</textarea>" in page
        assert 'value="reader@example.com"' in page


@pytest.mark.parametrize(
    ("site_url", "host", "origin", "status"),
    [
        ("http://127.0.0.1:8000", "localhost:8401", "http://localhost:8401", 303),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "http://127.0.0.1:8000", 303),
        ("http://localhost", "[::1]:8000", "http://[::1]:8000", 303),
        ("http://127.0.0.1:8000", "localhost:8401", "http://localhost:9999", 403),
        ("https://news.example", "localhost:8401", "http://localhost:8401", 403),
    ],
)
def test_on_ones_own_machine_the_name_that_the_browser_used_is_ours(
    client, edition, settings, site_url, host, origin, status
):
    settings.SITE_URL = site_url
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    response = client.post(REPLY, typed(), headers={"Host": host, "Origin": origin})
    assert response.status_code == status


def test_somebody_elses_form_is_refused_before_it_is_known_whether_comments_are_open(client, edition):
    edition.article.is_open_to_comments = False
    edition.article.save()
    response = client.post(REPLY, typed(), headers={"Origin": THEIRS})
    assert response.status_code == 403
    assert "Comments are closed." in response.content.decode()


def hashed(rf, settings, address, *, proxy=0, forwarded=None):
    settings.PROXY_COUNT = proxy
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    return network_of(rf.get("/", REMOTE_ADDR=address, headers=headers))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("", "unix:", True),
    ],
)
def test_a_network_is_a_truncated_address(rf, settings, one, other, is_same):
    assert (hashed(rf, settings, one) == hashed(rf, settings, other)) is is_same


def test_the_hash_needs_the_sites_secret(rf, settings):
    before = hashed(rf, settings, "192.0.2.1")
    settings.SECRET_KEY = "another-key-for-tests-" * 3
    assert hashed(rf, settings, "192.0.2.1") != before


def test_a_forwarded_address_counts_only_behind_a_proxy_and_only_the_proxys_own_entry(rf, settings):
    plain = hashed(rf, settings, "192.0.2.1")
    assert hashed(rf, settings, "192.0.2.1", forwarded="198.51.100.1") == plain
    behind = hashed(rf, settings, "10.0.0.1", proxy=1, forwarded="198.51.100.1, 203.0.113.9,  192.0.2.77")
    assert behind == plain
    assert hashed(rf, settings, "192.0.2.1", proxy=1, forwarded="192.0.2.1, nonsense") != plain


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9,10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", ""),  # somebody came past the outer proxy
        (2, "", ""),
        (1, "", ""),
        (1, "203.0.113.9, ", ""),
        (3, "198.51.100.1, nonsense, 10.0.0.2, 10.0.0.3", ""),
        (1, "198.51.100.1, 2001:db8:1::7", "2001:db8:1::7"),
        (2, "198.51.100.1, unknown, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
    ],
)
def test_of_forwarded_addresses_the_outermost_proxys_entry_counts(rf, settings, proxies, forwarded, believed):
    found = hashed(rf, settings, "10.0.0.9", proxy=proxies, forwarded=forwarded)
    assert found == hashed(rf, settings, believed)


@pytest.mark.django_db
def test_behind_two_proxies_no_claim_gets_round_the_limit(client, edition, settings):
    settings.COMMENT_RATE, settings.PROXY_COUNT = (1, 60), 2
    for number, status in ((1, 303), (2, 429), (3, 429)):
        claimed = {"X-Forwarded-For": f"203.0.{number}.1, 198.51.{number}.1, 192.0.2.7, 10.0.0.2"}
        assert client.post(REPLY, typed(text=f"Number {number}"), headers=claimed).status_code == status


@pytest.mark.django_db
def test_claiming_other_addresses_does_not_get_round_the_limit(client, edition, settings):
    settings.COMMENT_RATE = (1, 60)
    for number, status in ((1, 303), (2, 429)):
        claimed = {"X-Forwarded-For": f"203.0.{number}.1"}
        assert client.post(REPLY, typed(text=f"Number {number}"), headers=claimed).status_code == status


@pytest.mark.django_db
def test_the_limit_is_of_the_network_not_of_the_story(client, edition, settings):
    settings.COMMENT_RATE = (1, 60)
    published("Second story")
    assert client.post(REPLY, typed()).status_code == 303
    assert client.post("/2025/06/09/second-story/reply/", typed()).status_code == 429
