"""What search engines read of a story: schema.org's NewsArticle as JSON-LD."""

from django.urls import reverse
from django.utils.translation import gettext as _

from articles.history import changes_path


def news_article(edition, *, site_url, site_name):
    """A NewsArticle as a dict that JSON can hold, all but its `commentCount`.

    `edition` has to come through `with_tags` and `with_pictures`. Its corrections are told where it has come through
    `story_at`. Who is named without a role is the author, who is named with one a contributor; without a byline the
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
        "image": _image(edition.lead_picture, site_url),
        "datePublished": edition.published_at.isoformat(),
        "dateModified": (edition.updated_at or edition.published_at).isoformat(),
        "author": _people(edition, site_url, has_role=False) or [publisher],
        "contributor": _people(edition, site_url, has_role=True),
        "articleSection": edition.section.name,
        "keywords": [tag["name"] for tag in edition.tags],
        "inLanguage": edition.language,
        "citation": [_citation(row) for row in edition.sources],
        "correction": [_correction(row, address) for row in getattr(edition, "correction_rows", [])],
        "isAccessibleForFree": True,
        "publisher": publisher,
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


def _image(picture, site_url):
    """The lead picture as an ImageObject; "" where there is none."""
    if picture is None:
        return ""
    file = picture.shared
    told = {"caption": picture.caption or picture.alt, "creditText": picture.credit}
    return {
        "@type": "ImageObject", "url": f"{site_url}{file.address}", "width": file.width, "height": file.height
    } | {name: value for name, value in told.items() if value}  # fmt: skip


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


def _correction(row, address):
    """A public correction as a CorrectionComment, with where the two versions are compared if they can be."""
    words = [_("Was: %(was)s") % row, _("Is: %(now)s") % row, row["note"]]
    told = {"@type": "CorrectionComment", "text": "\n".join(filter(None, words))}
    told["datePublished"] = row["made_at"].isoformat()
    if row["wrong_number"]:
        told["url"] = changes_path(address, old=row["wrong_number"], new=row["number"])
    return told
