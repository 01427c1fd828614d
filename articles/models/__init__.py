"""The newsroom's models. Readers are served from editions; the desk works on articles."""

from articles.models.article import Article, ArticleTag, Byline, Citation, DeskLogLine, Pin, RelatedPick
from articles.models.corrections import Correction, Withdrawal
from articles.models.edition import Address, Edition, EditionAuthor, EditionRelated, EditionSource, EditionTag
from articles.models.filing import Coverage, Section
from articles.models.media import Image
from articles.models.pages import Page
from articles.models.people import Author, User
from articles.models.sources import Source
from articles.models.tags import Tag, TagAlias

__all__ = [
    "Address",
    "Article",
    "ArticleTag",
    "Author",
    "Byline",
    "Citation",
    "Correction",
    "Coverage",
    "DeskLogLine",
    "Edition",
    "EditionAuthor",
    "EditionRelated",
    "EditionSource",
    "EditionTag",
    "Image",
    "Page",
    "Pin",
    "RelatedPick",
    "Section",
    "Source",
    "Tag",
    "TagAlias",
    "User",
    "Withdrawal",
]
