"""The public report of moderation tells the counts, and nothing from which a small one follows."""

import csv
import datetime as dt
import io
from itertools import product

import pytest
import time_machine
from lxml import etree

from articles.tests.reading import fetch, read, texts
from articles.tests.stories import NOON, person, published
from comments.models import ModerationMonth, Reason
from comments.moderation_report import (
    HEADINGS,
    SMALL,
    Cell,
    Row,
    cell_of,
    chart_of,
    csv_of,
    harmless,
    sum_of,
)
from comments.month_counts import keep_months
from comments.tests.replies import posted

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def month(first_day=dt.date(2025, 6, 1), **counts):
    """A month that is kept, quiet but for the counts given."""
    quiet = dict.fromkeys(["received", "published", "spam", "held", "reversed", "waited_count"], 0)
    rejected = dict.fromkeys(Reason.values, 0) | counts.pop("rejected", {})
    return ModerationMonth.objects.create(first_day=first_day, **quiet | {"rejected": rejected} | counts)


def months(count):
    """That many months up to June 2025, each with as many comments as its number."""
    for number in range(count):
        first = dt.date(2025 - (number + 6) // 12, 12 - (number + 6) % 12, 1)
        month(first, received=100 + number, published=50)


def table(page, number=0):
    """The cells of the page's n-th table, row by row."""
    rows = page.xpath(f"(//table)[{number + 1}]//tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


# --- small counts


@pytest.mark.parametrize(("count", "told"), [(0, None), (1, None), (4, None), (5, 5), (1234, 1234)])
def test_a_count_under_five_is_not_told(count, told):
    assert cell_of(count) == Cell(told)
    assert str(cell_of(count)) == ("fewer than 5" if told is None else f"{count:,}")


@pytest.mark.parametrize(
    ("counts", "words", "code"),
    [
        ([5, 6], "11", "11"),
        ([5, 6, 4], "11 or more", "11+"),
        ([5, 6, 0], "11 or more", "11+"),
        ([4, 4], "not shown", ""),
        ([0, 0], "not shown", ""),
    ],
)
def test_a_sum_is_told_as_far_as_its_parts_are(counts, words, code):
    total = sum_of([cell_of(count) for count in counts])
    assert (str(total), total.code) == (words, code)


def test_no_count_that_is_not_told_follows_from_the_sum():
    for told in [(), (5,), (7, 12)]:
        answers = {
            sum_of([cell_of(count) for count in (*told, *small)]) for small in product(range(SMALL), repeat=2)
        }
        assert len(answers) == 1  # whatever the small counts are, the same is told


def test_a_year_is_never_added_up(client):
    months(3)
    words = read(client, "/moderation/").text_content()
    assert "303" not in words
    assert all(word not in words for word in ("In all", "Total"))


# --- the pages


def test_the_page_tells_each_month_newest_first(client):
    month(
        received=1200, published=900, rejected={"off_topic": 40, "abuse": 25, "other": 2}, spam=130, held=6,
        reversed=3, waited_count=990, median_wait=2400, long_wait=12000,
    )  # fmt: skip
    month(dt.date(2025, 5, 1), received=4)
    page = read(client, "/moderation/")
    assert texts(page, "//h1") == ["Moderation month by month"]
    assert table(page)[1:] == [
        ["June 2025", "1,200", "900", "65 or more", "130", "6", "fewer than 5", "40 minutes", "3 hours, 20 minutes"],
        ["May 2025", *["fewer than 5"] * 2, "not shown", *["fewer than 5"] * 3, "not shown", "not shown"],
    ]  # fmt: skip
    few = "fewer than 5"
    assert table(page, 1) == [
        ["Month", "Off topic", "Abuse", "Advertising", "False claim", "Personal data", "Other"],
        ["June 2025", "40", "25", few, few, few, few],
        ["May 2025", few, few, few, few, few, few],
    ]


@pytest.mark.parametrize("count", [4, 5])
def test_a_wait_is_told_of_five_comments_or_more(client, count):
    month(waited_count=count, median_wait=60, long_wait=7200)
    assert ("2 hours" in table(read(client, "/moderation/"))[1]) is (count == 5)


def test_twelve_months_are_on_the_page_and_all_in_their_years(client):
    months(20)
    page = read(client, "/moderation/")
    assert len(table(page)) == 1 + 12
    assert texts(page, "//nav[@aria-labelledby='by-year']//a/@href") == [
        "/moderation/2025/", "/moderation/2024/", "/moderation/2023/",
    ]  # fmt: skip
    page = read(client, "/moderation/2024/")
    assert texts(page, "//h1") == ["Moderation in 2024"]
    assert [row[0] for row in table(page)[1:]][::11] == ["December 2024", "January 2024"]


@pytest.mark.parametrize("year", [1999, 2022, 2026])
def test_a_year_of_which_nothing_is_told_is_not_there(client, year):
    months(20)
    fetch(client, f"/moderation/{year}/", status=404)


def test_an_empty_report_says_when_the_first_month_comes(client):
    page = read(client, "/moderation/")
    assert texts(page, "//main//p[@class='quiet']") == [
        "Nothing to count yet. The first month appears here once it is over."
    ]
    assert not page.xpath("//table | //svg")


def test_the_pages_of_moderation_lead_to_each_other(client):
    assert "/moderation/" in texts(read(client, "/moderation-policy/"), "//main//a/@href")
    assert "/moderation-policy/" in texts(read(client, "/moderation/"), "//main//a/@href")
    assert "/moderation/" in texts(read(client, "/about/"), "//footer//a/@href")


def test_nothing_is_told_of_a_single_moderator(client, moderator):
    story = published(at=NOON)
    for number in range(6):
        posted(story, str(number), at=NOON).approve(by=moderator, at=NOON + DAY)
    with time_machine.travel(NOON + 40 * DAY, tick=False):
        for address in ("/moderation/", "/moderation/2025/", "/moderation/moderation.csv"):
            words = client.get(address).content.decode()
            assert "moderator" not in words.replace("moderators", "").lower().replace("moderation", "")


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/2025/", "/moderation/moderation.csv"])
@pytest.mark.parametrize("is_kept", [True, False])
def test_the_report_is_the_same_until_the_next_month_is_over(client, address, is_kept):
    story = published(at=NOON)
    for number in range(6):
        posted(story, str(number), at=NOON).approve(by=person("m", "Moderators"), at=NOON + DAY)
    if is_kept:
        keep_months(at=NOON + 25 * DAY)
    answers = []
    for days in (25, 40):
        with time_machine.travel(NOON + days * DAY, tick=False):
            answers.append(client.get(address))
    assert answers[0].content == answers[1].content
    assert answers[0].headers["Cache-Control"] == "public, no-cache"
    assert not answers[0].cookies


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("is_kept", [True, False])
def test_the_page_needs_few_queries_for_any_number_of_months(
    client, count, is_kept, django_assert_max_num_queries
):
    if is_kept:
        months(count)
    story = published(at=NOON)
    for number in range(count):
        posted(story, str(number), at=NOON).mark_spam(rule="triage", at=NOON)
    with time_machine.travel(NOON + 40 * DAY, tick=False), django_assert_max_num_queries(5):
        client.get("/moderation/")


# --- chart


def test_the_chart_shows_what_is_told_oldest_first_with_the_table_beside_it(client):
    month(received=100, published=50)
    month(dt.date(2025, 5, 1), received=40, published=4)
    page = read(client, "/moderation/")
    [drawing] = page.xpath("//figure[@class='chart']/svg")
    assert drawing.xpath("string(.//title)").startswith("Comments received and published in each month.")
    bars = [(bar.get("class"), float(bar.get("height"))) for bar in drawing.xpath(".//rect")]
    high = chart_of([Row(month) for month in ModerationMonth.objects.all()]).bars[1].height
    assert bars == [("received", round(high * 0.4, 1)), ("received", high), ("published", high / 2)]
    assert texts(drawing, ".//text[@class='month']") == ["May", "Jun"]
    assert not page.xpath("//@style | //main//script | //style")


def test_a_chart_without_numbers_is_not_drawn(client):
    month(received=4, published=4)
    assert not read(client, "/moderation/").xpath("//svg")


@pytest.mark.parametrize(("count", "top"), [(5, 10), (10, 10), (11, 20), (201, 500), (1001, 2000)])
def test_the_charts_highest_line_is_a_round_number(count, top):
    assert chart_of([Row(month(received=count))]).top == top


# --- CSV


def test_all_months_can_be_had_as_csv(client):
    months(20)
    month(
        dt.date(2025, 7, 1), received=1200, published=900, rejected={"abuse": 25}, waited_count=9, median_wait=125,
        long_wait=3600,
    )  # fmt: skip
    response = fetch(client, "/moderation/moderation.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="moderation.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert len(rows) == 21
    assert list(rows[0]) == HEADINGS
    assert list(rows[0].values()) == [
        "2025-07", "1200", "900", "25+", "<5", "25", "<5", "<5", "<5", "<5", "<5", "<5", "<5", "2", "60",
    ]  # fmt: skip
    assert (rows[1]["rejected"], rows[1]["median_wait_minutes"]) == ("", "")


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://x.example")', "=cmd|' /C calc'!A0"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "5", "<5", "12+", "2025-06", "a=b", " =1"])
def test_any_other_cell_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_every_cell_of_the_csv_is_harmless(monkeypatch):
    monkeypatch.setattr("comments.moderation_report.HEADINGS", ["=1", "@x"])
    assert csv_of([]) == "'=1,'@x\r\n"


def test_the_drawing_is_well_formed(client):
    months(12)
    page = fetch(client, "/moderation/").content.decode()
    drawing = page[page.index("<svg") : page.index("</svg>") + 6]
    assert len(etree.fromstring(drawing).findall("rect")) == 24
