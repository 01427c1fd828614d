"""The desk's part of the admin: stories and their publishing, filing, sources, pictures, people, pages, the log."""

from articles.admin import articles, filing, images, log, pages, people, sources, tags

__all__ = ["articles", "filing", "images", "log", "pages", "people", "sources", "tags"]
