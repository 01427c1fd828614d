"""The readers' addresses. Patterns with a literal beginning stand before the one that begins with a year."""

from django.urls import path

from articles import converters, machine_urls, views  # noqa: F401 - the converters register themselves

app_name = "articles"

urlpatterns = [
    *machine_urls.urlpatterns,
    path("", views.front, name="front"),
    path("archive/", views.archive, name="archive"),
    path("archive/<yyyy:year>/<mm:month>/", views.month, name="month"),
    path("sections/<words:slug>/", views.section, name="section"),
    path("tags/<words:slug>/", views.tag, name="tag"),
    path("authors/<words:slug>/", views.author, name="author"),
    path("sources/<words:slug>/", views.source, name="source"),
    path("coverage/<words:slug>/", views.coverage, name="coverage"),
    path("corrections/", views.corrections, name="corrections"),
    path("<page:slug>/", views.page, name="page"),
    path("<yyyy:year>/<mm:month>/<dd:day>/<words:slug>/", views.detail, name="detail"),
]
