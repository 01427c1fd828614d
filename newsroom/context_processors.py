from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import to_locale

from articles.models import Section
from articles.models.prepared import Prepared

_sections = Prepared(lambda: Section.objects.order_by("position", "name"))


def site(request):
    """What every page says of the site.

    `site_name`, `site_url` (no slash at the end), `contact`, `site_lang` (the language tag, as en-GB), `zone`
    (the city whose time is printed), and `sections` in the order of the navigation, read when first used.
    """
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact": settings.CONTACT,
        "site_lang": to_locale(settings.LANGUAGE_CODE).replace("_", "-"),
        "zone": settings.TIME_ZONE.rpartition("/")[2].replace("_", " "),
        "sections": SimpleLazyObject(_sections.records),
    }
