"""Addresses under a story's own, which stand before the story's patterns, and those of all comments together."""

from django.urls import path

from articles import converters  # noqa: F401 - the converters register themselves
from comments import feeds, letter_views, moderation_views, report_views, views

app_name = "comments"

STORY = "<yyyy:year>/<mm:month>/<dd:day>/<words:slug>/"

urlpatterns = [
    path("comments/feed.xml", feeds.site_feed, name="site_feed"),
    path("moderation/", moderation_views.moderation, name="moderation"),
    path("moderation/moderation.csv", moderation_views.moderation_csv, name="moderation_csv"),
    path("moderation/<yyyy:year>/", moderation_views.moderation_year, name="moderation_year"),
    path(f"{STORY}comments/", views.thread, name="thread"),
    path(f"{STORY}comments/<int:number>/", views.permalink, name="permalink"),
    path(f"{STORY}comments/<int:number>/report/", report_views.report, name="report"),
    path(f"{STORY}report-an-error/", report_views.error, name="report_error"),
    path(f"{STORY}comments/feed.xml", feeds.story_feed, name="story_feed"),
    path(f"{STORY}reply/", views.reply, name="reply"),
    path(f"{STORY}reply/<str:token>/", views.own, name="own"),
    path(f"{STORY}reply/<str:token>/proof/", letter_views.proof, name="proof"),
    path("mail/<str:token>/", letter_views.mute, name="mute"),
]
