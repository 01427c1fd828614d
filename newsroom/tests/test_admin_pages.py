"""Every page of the admin opens, for every model that is registered there."""

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import results
from django.contrib.auth.models import Group
from django.urls import reverse

from articles import publishing
from articles.models import (
    Article,
    Author,
    Coverage,
    DeskLogLine,
    Image,
    Page,
    Pin,
    Section,
    Source,
    Tag,
    TagAlias,
    User,
)  # fmt: skip
from articles.tests import stories
from articles.tests.photographs import stored
from articles.tests.stories import NOON
from comments.models import (
    Comment,
    Decision,
    Effect,
    ErrorReport,
    Kind,
    Letter,
    ListedWord,
    PersonRule,
    Policy,
    PrivacyLine,
    Trait,
)
from comments.tests.replies import approved

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
# What nobody adds by hand, superusers included.
NOT_ADDED = {
    Comment, Decision, DeskLogLine, ErrorReport, Letter, Page, PersonRule, PrivacyLine, TagAlias,
}  # fmt: skip
PAGES = ["changelist", "add", "change", "history"]


@pytest.fixture
def records(editor):
    """One record of each model in the admin, {model: record}."""
    edition = stories.published(
        "A bridge reopens", tags=["china"], bylines=[stories.author()], sources=[stories.source("Report")],
        coverage=Coverage.objects.create(name="The bridge", slug="the-bridge"),
    )  # fmt: skip
    article = edition.article
    comment = approved(edition)
    error, _ = ErrorReport.objects.post(edition=edition, network="n", wrong="Two lanes.")
    letter = Letter.objects.create(kind=Kind.DECISION, comment=comment, made_at=NOON, given_up_at=NOON)
    publishing.withdraw(article, by=editor, reason="A doubt.", now=NOON.replace(hour=13))
    tag = Tag.objects.get(name="china")
    return {
        Article: article, Author: Author.objects.get(), Comment: comment, Coverage: article.coverage,
        Decision: Decision.objects.first(), DeskLogLine: DeskLogLine.objects.first(),
        ErrorReport: error, Group: Group.objects.first(), Image: stored(), Letter: letter,
        ListedWord: ListedWord.objects.create(words="casino"), Page: Page.objects.first(),
        Pin: Pin.objects.create(article=article, pinned_from=NOON),
        Section: article.section, Source: Source.objects.get(), Tag: tag,
        TagAlias: TagAlias.objects.create(name="prc", tag=tag), User: editor,
        Policy: Policy.objects.create(section=article.section, close_after_days=14),
        PrivacyLine: PrivacyLine.objects.create(action="erased", address_hash="x", comment_count=1),
        PersonRule: PersonRule.objects.make(comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=editor),
    }  # fmt: skip


def address(model, name, records):
    args = [records[model].pk] if name in ("change", "history") else []
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_superuser_opens_the_page(client, superuser, records, model, name):
    client.force_login(superuser)
    response = client.get(address(model, name, records))
    assert response.status_code == (403 if name == "add" and model in NOT_ADDED else 200)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_somebody_without_rights_is_told_so(client, outsider, records, model, name):
    client.force_login(outsider)
    response = client.get(address(model, name, records))
    assert response.status_code == 403
    assert "Your account has no right to do this." in response.text


def test_a_list_is_called_by_what_it_lists(client, moderator, records):
    client.force_login(moderator)
    page = client.get(address(ListedWord, "changelist", records)).text
    assert "<h1>Listed words</h1>" in page
    assert "Select" not in page.partition("<h1>")[0]


@pytest.mark.parametrize(
    "query", [{}, {"q": "e"}, {"_popup": 1, "_to_field": "id"}], ids=["all", "some", "popup"]
)
@pytest.mark.parametrize(
    "model", [each for each in MODELS if each != Comment], ids=lambda each: each.__name__
)
def test_the_rows_of_a_list_are_those_of_the_stock_admin(client, superuser, records, model, query):
    client.force_login(superuser)
    response = client.get(address(model, "changelist", records), query)
    shown = response.context["rows"]
    assert shown or query
    assert shown == ["".join(cells) for cells in results(response.context["cl"])]


def test_the_box_to_tick_is_that_of_the_stock_admin(records):
    desk, tag = admin.site.get_model_admin(Tag), Tag(pk=7, name="<b>&'")
    assert desk.action_checkbox(tag) == admin.ModelAdmin.action_checkbox(desk, tag)


def test_the_stock_tags_are_not_in_the_admin():
    assert "taggit" not in {model._meta.app_label for model in MODELS}


def test_the_index_stands_in_the_desks_order_and_leads_to_the_site(client, superuser):
    client.force_login(superuser)
    response = client.get(reverse("admin:index"))
    names = [model["object_name"] for app in response.context["app_list"] for model in app["models"]]
    assert names[:3] == ["Article", "Pin", "Coverage"]
    of_comments = names[names.index("Comment") :][:8]
    assert of_comments == [
        "Comment", "Decision", "Policy", "PersonRule", "ListedWord", "ErrorReport", "Letter", "PrivacyLine",
    ]  # fmt: skip
    assert names.index("Article") < names.index("Comment") < names.index("Group")
    assert '<a href="/">View site</a>' in response.text


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_deleted_by_the_dozen(client, superuser, records, model):
    client.force_login(superuser)
    assert "delete_selected" not in client.get(address(model, "changelist", records)).text
