"""Addresses under a story's own, so they stand before the story's patterns."""

from django.urls import path

from articles import converters  # noqa: F401 - the converters register themselves
from comments import report_views, views

app_name = "comments"

STORY = "<yyyy:year>/<mm:month>/<dd:day>/<words:slug>/"

urlpatterns = [
    path(f"{STORY}comments/", views.thread, name="thread"),
    path(f"{STORY}comments/<int:number>/", views.permalink, name="permalink"),
    path(f"{STORY}comments/<int:number>/report/", report_views.report, name="report"),
    path(f"{STORY}report-an-error/", report_views.error, name="report_error"),
    path(f"{STORY}reply/", views.reply, name="reply"),
    path(f"{STORY}reply/<str:token>/", views.own, name="own"),
]
