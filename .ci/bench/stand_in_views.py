"""The views of the Django project in stand_ins.py: a page as it is, and the same with a form of Django's own."""

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from stand_ins import FORM, PAGES

BODY = (PAGES / "article.body").read_bytes()
TYPE = "text/html; charset=utf-8"


def page(request):
    return HttpResponse(BODY, content_type=TYPE)


def page_with_form(request):
    """What `{% csrf_token %}` does: a token for this reader in the page, and the cookie that goes with it."""
    field = FORM % get_token(request).encode()
    return HttpResponse(BODY.replace(b"</form>", field + b"</form>"), content_type=TYPE)


urlpatterns = [path("page/", page), path("form/", page_with_form)]
