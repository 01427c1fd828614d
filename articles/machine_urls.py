"""The addresses that machines read, and the search page."""

from django.urls import path

from articles import converters, feeds, search_views, sitemaps  # noqa: F401 - the converters register themselves

urlpatterns = [
    path("search/", search_views.search, name="search"),
    path("feed.xml", feeds.site_feed, name="site_feed"),
    path("sections/<words:slug>/feed.xml", feeds.section_feed, name="section_feed"),
    path("tags/<words:slug>/feed.xml", feeds.tag_feed, name="tag_feed"),
    path("authors/<words:slug>/feed.xml", feeds.author_feed, name="author_feed"),
    path("coverage/<words:slug>/feed.xml", feeds.coverage_feed, name="coverage_feed"),
    path("corrections/feed.xml", feeds.corrections_feed, name="corrections_feed"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap_chunk, name="sitemap_chunk"),
    path("news-sitemap.xml", sitemaps.news_sitemap, name="news_sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
