"""The desk's dialog that chooses a picture: `{% load pictures %}`."""

from django import template

from articles.picture_forms import ImageForm

register = template.Library()


@register.inclusion_tag("admin/articles/image/_picker.html", takes_context=True)
def picture_picker(context):
    """The dialog of the page, empty until a script opens it. Nothing for who may not look at pictures."""
    user = context["request"].user
    may_add = user.has_perm("articles.add_image")
    return {
        "may_look": user.has_perm("articles.view_image"),
        "form": ImageForm(auto_id="picture_%s") if may_add else None,
        "csrf_token": context.get("csrf_token"),
    }
