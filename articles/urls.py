"""The readers' addresses. No two patterns take the same one."""

from django.urls import path

from articles import converters, machine_urls, picture_files, preview_views, trust_views, views  # noqa: F401 - the converters register themselves

app_name = "articles"

STORY = "<yyyy:year>/<mm:month>/<dd:day>/<words:slug>/"

urlpatterns = [
    path(STORY, views.detail, name="detail"),  # asked for most, so it is looked for first
    *machine_urls.urlpatterns,
    path("", views.front, name="front"),
    path("archive/", views.archive, name="archive"),
    path("archive/<yyyy:year>/<mm:month>/", views.month, name="month"),
    path("sections/<words:slug>/", views.section, name="section"),
    path("tags/<words:slug>/", views.tag, name="tag"),
    path("authors/<words:slug>/", views.author, name="author"),
    path("sources/<words:slug>/", views.source, name="source"),
    path("publishers/<words:slug>/", views.publisher, name="publisher"),
    path("coverage/<words:slug>/", views.coverage, name="coverage"),
    path("corrections/", trust_views.corrections, name="corrections"),
    path("corrections/<yyyy:year>/<mm:month>/", trust_views.corrections_month, name="corrections_month"),
    path("media/images/<picture:name>", picture_files.picture_file, name="picture"),
    path("preview/<str:token>/", preview_views.shared, name="preview"),
    path("<page:slug>/", views.page, name="page"),
    path(f"{STORY}history/", trust_views.history, name="history"),
    path(f"{STORY}history/<version:number>/", trust_views.version, name="version"),
    path(f"{STORY}history/<version:old>..<version:new>/", trust_views.changes, name="changes"),
]
