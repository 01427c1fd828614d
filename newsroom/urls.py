"""Every address of the site. Readers' addresses come from the apps; what the apps know nothing of stands here."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from newsroom import health

handler404 = "articles.views.not_found"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *([path("", include("comments.urls"))] if find_spec("comments.urls") else []),
    path("", include("articles.urls")),
]
