"""What pages with the rich-text editor bring along: the modules it is made of, and how much can be sent."""

import js_asset
from django.conf import settings

# The names by which the modules of static/desk/ import each other: files are served under hashed names.
MODULES = {f"desk/{name}": f"desk/{name}.js" for name in ("citing", "languages", "paste", "sources", "words")}


class EditorPage:
    """An admin with the editor in its form."""

    @property
    def media(self):
        return super().media + js_asset.Media(importmap=js_asset.ImportMap(MODULES))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra_context = {"upload_limit": settings.DATA_UPLOAD_MAX_MEMORY_SIZE} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, extra_context)
