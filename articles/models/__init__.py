"""The newsroom's models. Readers are served from editions; the desk works on articles."""

from articles.models.article import Article, ArticleTag, Byline, Citation, DeskLogLine, Pin, RelatedPick
from articles.models.corrections import Correction, Withdrawal
from articles.models.desk import (
    Autosave,
    DeskNote,
    Presence,
    PreviewLink,
    SetAside,
    WavedAdvice,
    WorkingWords,
)
from articles.models.edition import (
    Address,
    Edition,
    EditionAuthor,
    EditionImage,
    EditionRelated,
    EditionSource,
    EditionTag,
)
from articles.models.filing import Coverage, Section
from articles.models.media import Image, Rendition
from articles.models.pages import Page
from articles.models.people import Author, User
from articles.models.sources import Source
from articles.models.tags import Tag, TagAlias

__all__ = [
    "Address",
    "Article",
    "ArticleTag",
    "Author",
    "Autosave",
    "Byline",
    "Citation",
    "Correction",
    "Coverage",
    "DeskLogLine",
    "DeskNote",
    "Edition",
    "EditionAuthor",
    "EditionImage",
    "EditionRelated",
    "EditionSource",
    "EditionTag",
    "Image",
    "Page",
    "Pin",
    "Presence",
    "PreviewLink",
    "RelatedPick",
    "Rendition",
    "Section",
    "SetAside",
    "Source",
    "Tag",
    "TagAlias",
    "User",
    "WavedAdvice",
    "Withdrawal",
    "WorkingWords",
]
