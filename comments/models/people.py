"""Rules for people who have no account: whose comments never appear, always wait, or need not wait."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.models.prepared import Prepared
from articles.times import moment_text
from comments.hashes import keyed_hash
from comments.models.states import AlreadyDecided
from comments.spellings import one_address, plain_domain


class Effect(models.TextChoices):
    """What a rule does with the comments it is for."""

    PUBLISH = "publish", gettext_lazy("Always publish")
    HOLD = "hold", gettext_lazy("Always hold")
    BAN = "ban", gettext_lazy("Block")


class Trait(models.TextChoices):
    """What comments have in common that a rule is for."""

    ADDRESS = "address", gettext_lazy("E-mail address")
    DOMAIN = "domain", gettext_lazy("Domain of the e-mail address")
    NETWORK = "network", gettext_lazy("Network")


def domain_of(email):
    """The part of an e-mail address behind the “@”, in the one spelling that all its spellings share."""
    return plain_domain(email.rpartition("@")[2])


def digests_of(*, email="", network=""):
    """{Trait: 64 hex digits} of what is known of a comment; `network` is the keyed hash that is stored with it.

    Each trait has a key of its own, so that a rule does not tell which comments are of one address.
    """
    known = {Trait.NETWORK: network}
    if "@" in email:
        known |= {Trait.ADDRESS: one_address(email), Trait.DOMAIN: domain_of(email)}
    return {trait: keyed_hash(f"rule.{trait}", text) for trait, text in known.items() if text}


class PersonRuleQuerySet(models.QuerySet):
    def running(self, *, at):
        """The rules that hold at that moment: made_at <= at < expires_at, and nobody has ended them."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), made_at__lte=at, ended_at=None)

    def in_force(self, *, email="", network="", at):
        """The rules that hold at that moment for comments from that address or network."""
        return self.running(at=at).filter(digest__in=list(digests_of(email=email, network=network).values()))


class PersonRuleManager(models.Manager.from_queryset(PersonRuleQuerySet)):
    def effects_on(self, *, email="", network="", at):
        """{Effect: [Trait by which it applies]} for comments from that address or network then: one query."""
        digests = digests_of(email=email, network=network)
        asked = {trait.value: digests.get(trait) for trait in Trait}
        found: dict[str, list[str]] = {}
        for effect, trait in _effects.rows(at=at, **asked) if digests else ():
            found.setdefault(effect, []).append(trait)
        return found

    @transaction.atomic
    def make(self, comment, *, effect, trait, by, expires_at=None, note="", at=None):
        """Makes a rule for the comments that share the trait with this one; it takes the place of such a rule before.

        Raises ValueError where the comment has no such trait, as an erased one has no address.
        """
        at = at or times.now()
        digest = digests_of(email=comment.email, network=comment.network).get(trait)
        if digest is None:
            raise ValueError(_("Nothing is known of this that a rule could go by. Choose something else."))
        self.running(at=at).filter(digest=digest).update(ended_by=by, ended_at=at)
        return self.create(
            effect=effect, trait=trait, digest=digest, comment=comment, made_by=by, made_at=at,
            expires_at=expires_at, note=note.strip(),
        )  # fmt: skip


class PersonRule(models.Model):
    """A moderator's rule for whoever shares a trait with the comment it was made from.

    `digest` is all that is kept of the trait (see `digests_of`). It holds in [made_at, expires_at), for good where
    that is empty, until somebody ends it.
    """

    effect = models.CharField(gettext_lazy("effect"), max_length=8, choices=Effect)
    trait = models.CharField(gettext_lazy("trait"), max_length=8, choices=Trait)
    digest = models.CharField(max_length=64, editable=False)
    note = models.CharField(
        gettext_lazy("note"), max_length=300, blank=True,
        help_text=gettext_lazy("For the desk: why. Readers never see it."),
    )  # fmt: skip
    comment = models.ForeignKey(
        "comments.Comment", verbose_name=gettext_lazy("from comment"), on_delete=models.PROTECT,
        related_name="person_rules",
    )  # fmt: skip
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("made by"), on_delete=models.PROTECT,
        related_name="+", db_index=False,
    )  # fmt: skip
    made_at = models.DateTimeField(gettext_lazy("made"))
    expires_at = models.DateTimeField(gettext_lazy("until"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("ended by"), on_delete=models.PROTECT, null=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    ended_at = models.DateTimeField(gettext_lazy("ended"), null=True)

    objects = PersonRuleManager()

    class Meta:
        verbose_name = gettext_lazy("rule for a person")
        verbose_name_plural = gettext_lazy("rules for people")
        ordering = ["-made_at", "-pk"]
        default_permissions = ["add", "change", "view"]
        indexes = [models.Index(fields=["digest"], condition=Q(ended_at=None), name="rule_by_digest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(effect=Effect.PUBLISH) | Q(trait=Trait.ADDRESS),
                name="only_an_address_is_always_published",
                violation_error_message=gettext_lazy("Only one address can be published always. Choose the address."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="somebody_ended_the_rule",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("made_at")), name="rule_ends_after_it_begins"
            ),
        ]  # fmt: skip

    def __str__(self):
        words = {"what": self.get_effect_display(), "by": self.get_trait_display(), "number": self.comment_id}
        return _("%(what)s: %(by)s of comment %(number)s") % words

    def is_running(self, *, at):
        """Whether it holds at that moment."""
        return (
            self.ended_at is None and self.made_at <= at and (self.expires_at is None or at < self.expires_at)
        )

    def end(self, *, by, at=None):
        """Ends the rule. Raises AlreadyDecided where it has ended, by somebody or by itself."""
        at = at or times.now()
        if not PersonRule.objects.running(at=at).filter(pk=self.pk).update(ended_by=by, ended_at=at):
            self.refresh_from_db()
            raise AlreadyDecided(self._how_it_ended())
        self.ended_by, self.ended_at = by, at

    def _how_it_ended(self):
        if self.ended_at:
            return _("Ended by %(who)s, %(when)s") % {
                "who": self.ended_by,
                "when": moment_text(self.ended_at),
            }
        return _("Ended by itself, %(when)s") % {"when": moment_text(self.expires_at)}


def _rules(*, at, **digests):
    rules = PersonRule.objects.running(at=at).filter(digest__in=list(digests.values()))
    return rules.order_by("trait", "pk").values_list("effect", "trait")


_effects = Prepared(_rules)
