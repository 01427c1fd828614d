"""Sources: records shared by every story that cites them."""

import re
from urllib.parse import quote, urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.natural import NaturalManager, NaturalModel
from articles.models.slugs import slug_from

# Parameters that say where a reader came from, and nothing of what they read.
_TRACKING = re.compile(r"(utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid)(=|$)", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_RUN = re.compile(r"(?<!%)(?<!%.)[A-Za-z0-9_-]+")  # stands the same in every spelling of an address
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _parts_of(address):
    """Host with port, path and query of a web address in one spelling; None of anything else."""
    try:
        split = urlsplit(address.strip())
        host, port = split.hostname, split.port
    except ValueError:
        return None
    if split.scheme not in _DEFAULT_PORTS or not host:
        return None
    if port not in (None, _DEFAULT_PORTS[split.scheme]):
        host = f"{host}:{port}"
    query = "&".join(part for part in split.query.split("&") if part and not _TRACKING.match(part))
    return _ascii_host(host), _one_spelling(split.path).rstrip("/"), _one_spelling(query)


def _ascii_host(host):
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _one_spelling(text):
    """Letters as letters and all else percent-encoded, in capitals."""

    def spelt(code):
        character = chr(int(code[1], 16))
        return character if _UNRESERVED.match(character) else code[0].upper()

    return quote(_PERCENT.sub(spelt, text), safe="%/:@!$&'()*+,;=~?[]|")


def address_key(address: str) -> str:
    """What all spellings of one web address share, for comparing: it is no address itself.

    http and https, a slash at the end, the fragment, the default port, capitals in the host and parameters
    that only track readers (`utm_source` …) make no difference. Anything else gives the text, stripped.
    """
    parts = _parts_of(address)
    return "{}{}?{}".format(*parts) if parts else address.strip()


def _hosts(host):
    """The ways to write a host: as it travels, and in its own script."""
    try:
        return {host, host.encode().decode("idna")}
    except UnicodeError:
        return {host}


def _may_be_at(address):
    """A condition that every record of this address meets, and few others do."""
    parts = _parts_of(address)
    if not parts:
        return Q(url=address.strip())
    host, path, query = parts
    runs, condition = _RUN.findall(f"{path} {query}"), Q()
    for spelling in _hosts(host):
        if runs:
            condition |= Q(url__icontains=spelling)
        else:
            condition |= Q(url__iregex=rf"^https?://{re.escape(spelling)}(:[0-9]+)?/*([?#].*)?$")
    return condition & Q(url__icontains=max(runs, key=len)) if runs else condition


class SourceQuerySet(models.QuerySet):
    def perhaps_at(self, addresses):
        """Those that may be on record under one of these addresses: compare `address_key` to know.

        One query. A record whose address percent-encodes plain letters is not found by another spelling.
        """
        condition = Q(pk__in=[])
        for address in addresses:
            condition |= _may_be_at(address)
        return self.filter(condition)

    def at_address(self, address):
        """The record of that address, however it is spelt, or None."""
        return record_at(address, self.perhaps_at([address]).order_by("pk"))


def record_at(address, sources):
    """The first of the sources that stands at that address: to the letter if one does, else in another spelling."""
    key, sources = address_key(address), [source for source in sources if source.url]
    exact = [source for source in sources if source.url == address]
    return next(iter(exact or [source for source in sources if address_key(source.url) == key]), None)


class Source(NaturalModel):
    """Something a story rests on: a report, a document, a page. A title alone is enough."""

    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=150, blank=True)
    publisher_slug = models.CharField(max_length=100, blank=True, editable=False, db_index=True)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        help_text=_("A code such as fr, where it is not the site’s own."),
    )
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)

    objects = NaturalManager.from_queryset(SourceQuerySet)()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["title"]
        indexes = [
            models.Index(fields=["title", "-id"], name="source_by_title"),
            # The sitemap asks of each source whether it is the first of its publisher.
            models.Index(fields=["publisher_slug", "id"], name="source_by_publisher"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=~models.Q(url=""),
                name="source_address_is_recorded_once",
                violation_error_message=_(
                    "There is a source with this address already. Pick it from the list."
                ),
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})" if self.publisher else self.title

    def save(self, *args, update_fields=None, **kwargs):
        """The words of its publisher's address follow the publisher's name."""
        self.publisher_slug = slug_from(self.publisher, fallback="publisher") if self.publisher else ""
        if update_fields and "publisher" in update_fields:
            update_fields = [*update_fields, "publisher_slug"]
        super().save(*args, update_fields=update_fields, **kwargs)
