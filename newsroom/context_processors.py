from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import to_locale

from articles.models import Section
from articles.models.prepared import Prepared

_NOT_SAID = {"page": None, "past": None, "past_query": "", "is_apart": False, "here": "", "in_section": ""}
_sections = Prepared(lambda: Section.objects.order_by("position", "name"))


def site(request):
    """What every page says of the site.

    `site_name`, `site_url` (no slash at the end), `contact`, `site_lang` (the language tag, as en-GB), `zone`
    (the city whose time is printed), and `sections` in the order of the navigation, read when first used. What only
    some pages say is there for all, since a template takes long to find out that a name is missing.
    """
    return _NOT_SAID | {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact": settings.CONTACT,
        "site_lang": to_locale(settings.LANGUAGE_CODE).replace("_", "-"),
        "zone": settings.TIME_ZONE.rpartition("/")[2].replace("_", " "),
        "sections": SimpleLazyObject(_sections.records),
    }
