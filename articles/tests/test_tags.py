"""What makes two names the same tag, and what its address is."""

import pytest

from articles.models import Tag, TagAlias
from articles.models.tags import names_from_text, tag_key, text_from_tags
from articles.tests.stories import write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("china, peace", ["china", "peace"]),
        ("Hong Kong", ["Hong Kong"]),
        ("#china, # hongkong, ＃peace", ["china", "hongkong", "peace"]),
        ("China, china, CHINA", ["China"]),
        ("  two   spaces ,, , end,", ["two spaces", "end"]),
        ("e\u0301lections, élections", ["élections"]),
        ("香港, ☕️, C++, C#", ["香港", "☕️", "C++", "C#"]),
        ("Straße, STRASSE", ["Straße"]),
        ("ﬁnance, finance", ["ﬁnance"]),
        ("", []),
        ("#", []),
    ],
)
def test_commas_part_tags_and_each_is_named_once(typed, names):
    assert names_from_text(typed) == names


def test_the_text_in_a_form_is_the_tags_in_the_storys_order():
    article = write(tags=["peace", "china"])
    assert text_from_tags(article.tag_list()) == "peace, china"


def test_setting_tags_again_takes_the_new_order():
    article = write(tags=["china", "peace"])
    article.tags.set(["peace", "trade", "china"])
    assert [tag.name for tag in article.tag_list()] == ["peace", "trade", "china"]


@pytest.mark.parametrize(
    ("first", "second"), [("China", "china"), ("ÉLYSÉE", "élysée"), ("Straße", "STRASSE")]
)
def test_a_tag_is_found_whatever_case_it_is_typed_in(first, second):
    [tag] = Tag.objects.named([first])
    assert Tag.objects.named([second]) == [tag]
    assert tag.name == first


def test_typing_an_alias_gives_the_tag_once():
    [mediation] = Tag.objects.named(["mediation"])
    TagAlias.objects.create(name="InternationalMediation", tag=mediation)
    assert Tag.objects.named(["#internationalmediation", "mediation"]) == [mediation]


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (["Hong Kong"], ["hong-kong"]),
        (["香港"], ["香港"]),
        (["C++", "C#"], ["c", "c-2"]),
        (["☕️", "😂"], ["tag", "tag-2"]),
        (["élysée"], ["élysée"]),
    ],
)
def test_slugs_are_never_empty_and_never_shared(names, slugs):
    assert [tag.slug for tag in Tag.objects.named(names)] == slugs


def test_a_slug_that_an_alias_keeps_is_not_given_out_again():
    [tag] = Tag.objects.named(["mediation"])
    TagAlias.objects.create(name="C++", tag=tag)
    assert [new.slug for new in Tag.objects.named(["C#"])] == ["c-2"]


def test_names_are_stored_without_hash_and_in_one_form():
    tag = Tag.objects.create(name="#e\u0301lections")
    assert (tag.name, tag.key) == ("élections", "élections")


def test_keys_of_names_that_expand_stay_within_the_column():
    assert len(tag_key("\ufdfa" * 100)) <= Tag._meta.get_field("key").max_length
