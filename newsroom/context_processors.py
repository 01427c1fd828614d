from django.conf import settings


def site(request):
    """`site_name`, `site_url` (no slash at the end) and `contact` for every template."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "contact": settings.CONTACT}
