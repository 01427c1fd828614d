"""Who may do what: the four groups and their permissions, kept true after every migrate.

Inside a migration a fresh database has no permissions yet, hence the `post_migrate` receiver. It may run any
number of times; people's own memberships and further groups are left alone.
"""

from django.apps import apps
from django.db.models import Q

REPORTERS, EDITORS, MODERATORS, ADMINISTRATORS = "Reporters", "Editors", "Moderators", "Administrators"

_WRITING = [
    "articles.add_article", "articles.change_article", "articles.view_article", "articles.add_image",
    "articles.change_image",
]  # fmt: skip
_LOOKING_UP = [
    f"articles.view_{model}" for model in ("author", "coverage", "image", "section", "source", "tag")
]
_MODERATING = [
    "comments.view_comment", "comments.moderate_comment", "comments.view_decision", "comments.view_letter",
    *(
        f"comments.{verb}_{model}"
        for model in ("listedword", "policy") for verb in ("add", "change", "view", "delete")
    ),
    *(f"comments.{verb}_personrule" for verb in ("add", "change", "view")),
]  # fmt: skip
_FILING = [
    f"articles.{verb}_{model}"
    for model in ("author", "coverage", "pin", "source", "tag", "tagalias")
    for verb in ("add", "change", "view")
]

PERMISSIONS = {
    REPORTERS: [*_WRITING, *_LOOKING_UP, "articles.add_source", "articles.add_tag"],
    EDITORS: [
        *_WRITING, *_LOOKING_UP, *_FILING, *_MODERATING,
        "articles.edit_any_article", "articles.publish_article", "articles.delete_article",
        "articles.delete_tag", "articles.delete_pin", "articles.delete_image", "articles.view_desklogline",
        "comments.view_errorreport", "comments.answer_errorreport",
    ],
    MODERATORS: _MODERATING,
    ADMINISTRATORS: [
        *_LOOKING_UP,
        "articles.view_article", "articles.view_desklogline",
        *(f"articles.{verb}_{model}" for model in ("user", "section", "author") for verb in ("add", "change", "view")),
        "articles.change_page", "articles.view_page", "comments.view_privacyline", "comments.erase_person",
    ],
}  # fmt: skip


def keep_roles(**kwargs):
    """Gives each group the permissions of the table that exist by now; the receiver of `post_migrate`."""
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, labels in PERMISSIONS.items():
        group, _ = group_model.objects.get_or_create(name=name)
        wanted = Q(pk__in=[])
        for app, _, codename in (label.partition(".") for label in labels):
            wanted |= Q(content_type__app_label=app, codename=codename)
        group.permissions.set(permission_model.objects.filter(wanted))
