"""Every address of the site: the desk's, the probes', and the readers', which the apps bring."""

from django.contrib import admin
from django.urls import include, path

from newsroom import health

handler400 = "newsroom.errors.bad_request"
handler404 = "articles.views.not_found"
handler500 = "newsroom.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("articles.urls")),
    path("", include("comments.urls")),  # their addresses lie below those of stories
]
