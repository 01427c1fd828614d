"""What search engines read of a story: schema.org's NewsArticle as JSON-LD."""

from django.urls import reverse


def news_article(edition, *, comment_count, site_url, site_name):
    """A NewsArticle as a dict that JSON can hold. `edition` has to come through `with_tags`.

    Who is named without a role is the author, who is named with one a contributor; without a byline the
    site itself is the author. Nothing in it is cut but the description, which ends with a whole word.
    """
    address = f"{site_url}{edition.get_absolute_url()}"
    publisher = {"@type": "Organization", "name": site_name, "url": f"{site_url}/"}
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": address,
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "headline": edition.headline,
        "description": edition.description,
        "datePublished": edition.published_at.isoformat(),
        "dateModified": (edition.updated_at or edition.published_at).isoformat(),
        "author": _people(edition, site_url, has_role=False) or [publisher],
        "contributor": _people(edition, site_url, has_role=True),
        "articleSection": edition.section.name,
        "keywords": [tag["name"] for tag in edition.tags],
        "inLanguage": edition.language,
        "citation": [_citation(row) for row in edition.sources],
        "commentCount": comment_count,
        "isAccessibleForFree": True,
        "publisher": publisher,
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


def _people(edition, site_url, *, has_role):
    return [
        {
            "@type": "Person",
            "name": row["name"],
            "url": f"{site_url}{reverse('articles:author', args=[row['slug']])}",
        }
        for row in edition.bylines
        if bool(row["role"]) is has_role
    ]


def _citation(row):
    publisher = row["publisher"] and {"@type": "Organization", "name": row["publisher"]}
    told = {"name": row["title"], "publisher": publisher, "url": row["url"], "inLanguage": row["language"]}
    return {"@type": "CreativeWork"} | {name: value for name, value in told.items() if value}
