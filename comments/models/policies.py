"""What the desk has laid down about comments: for the site, a section, a coverage or a story."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, Coverage, Section
from articles.shown import changes, record

MOST_DAYS = 3650
PLACES = ("article", "coverage", "section")  # from the nearest to a comment on


class Mode(models.TextChoices):
    """When a comment appears."""

    PRE_MODERATED = "pre_moderated", gettext_lazy("Moderators read first")
    TRUSTED = "trusted", gettext_lazy("Trusted people at once, others after a moderator")
    OPEN = "open", gettext_lazy("At once, unless something holds it")
    CLOSED = "closed", gettext_lazy("Closed")


class PolicyQuerySet(models.QuerySet):
    def reaching(self, *, section=None, coverage=None, article=None):
        """Those that speak of a story with these ids: the site's, and its own in each of the three; four at most."""
        reach = Q(section=None, coverage=None, article=None)
        for name, number in (("section", section), ("coverage", coverage), ("article", article)):
            if number is not None:
                reach |= Q(**{name: number})
        return self.filter(reach)

    def paused(self, *, at):
        """Those that pause comments at that moment."""
        return self.filter(paused_until__gt=at)

    def pause(self, *, until, section=None):
        """Pauses comments in the section, or on the whole site, until that moment; returns the Policy."""
        policy, _is_new = self.get_or_create(section=section, coverage=None, article=None)
        policy.paused_until = until
        policy.save(update_fields=["paused_until"])
        return policy


def reaching_as(place, number):
    """The name that stands for what a policy says of that section, coverage, article or the site, if one does."""
    return f"policy:{place}:{number or 0}"


def _whole(name, least, most, **options):
    checks = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(name, null=True, blank=True, validators=checks, **options)


class Policy(models.Model):
    """What holds for comments in one place; what is empty is inherited (see comments/policies.py).

    At most one of `section`, `coverage` and `article` is set; without any it is the site's.
    """

    section = models.ForeignKey(
        Section, verbose_name=gettext_lazy("section"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    coverage = models.ForeignKey(
        Coverage, verbose_name=gettext_lazy("coverage"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    article = models.ForeignKey(
        Article, verbose_name=gettext_lazy("story"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    mode = models.CharField(
        gettext_lazy("when comments appear"), max_length=16, choices=Mode, blank=True,
        help_text=gettext_lazy(
            "People are trusted by an address that they have proven by a link sent to it. Where the site sends "
            "no mail, nobody can prove one, and every comment waits for a moderator."
        ),
    )  # fmt: skip
    trusted_after = _whole(
        gettext_lazy("trusted after"), 1, 100,
        help_text=gettext_lazy("So many approved comments from the same proven address."),
    )  # fmt: skip
    close_after_days = _whole(
        gettext_lazy("days after publication, then closed"), 0, MOST_DAYS,
        help_text=gettext_lazy("Counted from the first publication; 0 means that comments never close by themselves."),
    )  # fmt: skip
    paused_until = models.DateTimeField(
        gettext_lazy("paused until"), null=True, blank=True,
        help_text=gettext_lazy("Nobody can post before. A pause ends by itself."),
    )  # fmt: skip
    asks_proof = models.BooleanField(
        gettext_lazy("proof of the address"), null=True, blank=True,
        help_text=gettext_lazy("Whether authors are sent a link that proves their address."),
    )  # fmt: skip
    reports_to_hold = _whole(
        gettext_lazy("reports that hold a comment"), 1, 100,
        help_text=gettext_lazy("From so many networks, until a moderator has looked."),
    )  # fmt: skip

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("policy")
        verbose_name_plural = gettext_lazy("policies")
        ordering = [F(scope).asc(nulls_first=True) for scope in ("article_id", "coverage_id", "section_id")]
        constraints = [
            models.CheckConstraint(
                condition=Q(section=None, coverage=None) | Q(section=None, article=None)
                | Q(coverage=None, article=None),
                name="policy_is_of_one_place",
                violation_error_message=gettext_lazy(
                    "A policy is of one place. Choose a section, a coverage or a story, or none for the whole site."
                ),
            ),
            models.UniqueConstraint(
                *(Coalesce(name, 0, output_field=models.BigIntegerField()) for name in PLACES),
                name="place_has_one_policy",
                violation_error_message=gettext_lazy("There is a policy for this already. Change that one instead."),
            ),
            models.CheckConstraint(
                condition=Q(close_after_days=None) | Q(close_after_days__lte=MOST_DAYS),
                name="policy_closes_within_ten_years",
                violation_error_message=gettext_lazy("Comments close within ten years, or never: enter 0 for that."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return _("Policy of %(place)s") % {"place": self.place}

    def resume(self):
        """Ends the pause; returns whether there was one."""
        paused = Policy.objects.filter(pk=self.pk, paused_until__isnull=False)
        with transaction.atomic():
            changes(self.shown_as, self.reaches_as)
            return bool(paused.update(paused_until=None))

    @property
    def shown_as(self):
        return record("policy", self.pk)

    @property
    def reaches_as(self):
        """The name that stands for what this policy says of the place that it is of."""
        place = next((place for place in PLACES if getattr(self, f"{place}_id")), "site")
        return reaching_as(place, getattr(self, f"{place}_id", 0))

    @property
    def breadth(self):
        """0 for a story, 1 for a coverage, 2 for a section, 3 for the site: the smaller one wins."""
        keys = (getattr(self, f"{place}_id") for place in PLACES)
        return next((breadth for breadth, key in enumerate(keys) if key), len(PLACES))

    @property
    def place(self):
        """What it is the policy of, in words: “the section World”. A story goes by its number.

        Its headline may be one that only its writers know.
        """
        if self.article_id:
            return _("story %(number)s") % {"number": self.article_id}
        if self.coverage_id:
            return _("the coverage %(name)s") % {"name": self.coverage}
        if self.section_id:
            return _("the section %(name)s") % {"name": self.section}
        return _("the whole site")
