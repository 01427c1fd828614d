"""Many live stories at once, for lists and query counts: rows copied in bulk, not made by the verbs."""

import copy
import uuid

from articles.models import Article, Edition, EditionAuthor, EditionSource, EditionTag


def crowd(edition, moments):
    """Live stories like this one, filed like it, each published at one of these moments; returns editions."""
    articles = Article.objects.bulk_create(_copies(edition.article, uid=[uuid.uuid4() for _ in moments]))
    editions = _copies(
        edition, article=articles, headline=[f"{edition.headline} {n}" for n in range(len(moments))],
        path=[f"/2025/06/09/{article.uid}/" for article in articles], published_at=moments, live_from=moments,
    )  # fmt: skip
    editions = Edition.objects.bulk_create(editions)
    for model in (EditionTag, EditionAuthor, EditionSource):
        for row in model.objects.filter(edition=edition):
            model.objects.bulk_create(_copies(row, edition=editions, published_at=moments))
    return editions


def _copies(row, **columns):
    """Unsaved copies of a row; each column gives its values, one for each copy."""
    twins = []
    for values in zip(*columns.values(), strict=True):
        twin = copy.copy(row)
        twin.pk, twin._state.adding = None, True
        for name, value in zip(columns, values, strict=True):
            setattr(twin, name, value)
        twins.append(twin)
    return twins
