"""The desk's part of the admin: stories and their publishing, filing, sources, people, pages, and the log."""

from articles.admin import articles, filing, log, pages, people, sources, tags

__all__ = ["articles", "filing", "log", "pages", "people", "sources", "tags"]
