"""The captured pages, to the letter: they get exactly this advice, and no false alarm."""

import datetime as dt

import pytest
from django.core.management import call_command

from articles import readiness
from articles.models import Article

pytestmark = pytest.mark.django_db

AT = dt.datetime(2025, 6, 10, 12, 0, tzinfo=dt.UTC)
NO_ADDRESS = "Sources 1–6 have no address. Add them, so that readers can look there themselves."
UNCITED = "Sources 1–6 are not cited in the body. Put their markers where they belong, or remove them."
MONEY = (
    "These figures disagree: “HK$466.6 million” (body); “HK$467 million” (source 4). Check which is right."
)
ALLIES = "“China and Allies Establish the International Organization…”"
ESTABLISHES = "“China Establishes International Organization for Mediation…”"
LEADS = "“China Leads 30 Nations in Setting Up International…”"
SHIFT = "“China’s Soft Power Shift: IOMed and the Future of Dispute…”"
TWICE = (
    "The body says the same twice: “status as a center for international legal and dispute resolution services”. "
    "Say it once."
)


def disagree(*figures):
    return f"These figures disagree: {'; '.join(figures)}. Check which is right."


def ends(words):
    return (
        f"The body ends without a full stop: “{words}”. Readers are told that the captured text ends there."
    )


SEEDS = {
    "China and Allies Establish the International Organization for Mediation in Hong Kong": [
        NO_ADDRESS, UNCITED, MONEY,
        disagree(
            "“over 30 countries” (body)",
            f"“30 nations” ({ESTABLISHES})",
            f"“30 Nations” ({LEADS})",
            f"“33 nations” ({SHIFT})",
        ),
        TWICE,
    ],
    "China Establishes International Organization for Mediation in Hong Kong": [
        disagree(
            "“30 nations” (body)",
            f"“33 nations” ({SHIFT})",
            f"“over 30 countries” ({ALLIES})",
            f"“30 countries” ({LEADS})",
        ),
    ],
    "China Leads 30 Nations in Setting Up International Mediation Organization": [
        disagree(
            "“30 Nations” (headline)",
            f"“33 nations” ({SHIFT})",
            f"“over 30 countries” ({ALLIES})",
        ),
    ],
    "China’s Soft Power Shift: IOMed and the Future of Dispute Resolution": [
        disagree(
            "“33 nations” (body)",
            f"“30 nations” ({ESTABLISHES})",
            f"“30 Nations” ({LEADS})",
            f"“over 30 countries” ({ALLIES})",
        ),
        ends("…alliances. IOMed institutionalizes this approach, offering"),
    ],
    "Chinese Tech Giants Transition to Domestic AI Chips Amid US Export Controls": [],
    "Trump Accuses China of Violating Trade Agreement, Threatening Escalation": [],
    "Denmark Becomes First to Join EU’s Ukraine Export Support Plan": [
        ends("…Group, are anticipated to reach more than a dozen comparab")
    ],
    "Can the EU Preserve Its Fragile Single Market?": [ends("Ursula v")],
    "Dissolution : un an après, Macron toujours sûr de son coup (mais pas de la suite)": [],
    "Slovenia to Propose Measures to Brussels in Response to US Sanctions on Slovenian ICC Judge": [
        ends("According to the")
    ],
    "UK Judge Warns of AI Misuse in Courts": [
        "A quotation mark has no partner: “There are serious implications for justice administration… Close the "
        "quotation, or take the mark out.",
        ends("…serious implications for justice administration and public"),
    ],
    "European Commission’s Five Recommendations to Bulgaria: Prioritizing Defense Spending and Accelerating "
    "Recovery and Resilience Plan Implementation": [
        "The headline has 146 characters, and is cut where others list it. Shorten it to 110 or fewer."
    ],
    "Passenger Rights Concerns Voiced": [ends("…says it opposes a weakening of established air passenger r")],
    "Macron to Visit Greenland on June 15 to Demonstrate Solidarity": [ends("Frederiksen")],
    "Slovenia Opposes Proposed Changes to Air Passenger Rights": [
        ends("…aims to establish clearer and simpler rules for ai")
    ],
}  # fmt: skip


def test_the_captured_pages_get_exactly_this_advice_and_no_false_alarm():
    call_command("loaddata", "people", "coverage", "last_news", verbosity=0)
    found = {
        article.headline: [advice.sentence for advice in readiness.of(article, live_from=AT).advice]
        for article in Article.objects.all()
    }
    assert found == SEEDS
    assert not any(readiness.of(article, live_from=AT).fixes for article in Article.objects.all())
