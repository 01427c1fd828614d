"""Words that make a comment wait for a moderator."""

from functools import partial

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy

from articles.kept import kept
from articles.models.natural import NaturalManager, NaturalModel
from articles.models.prepared import Prepared
from comments.spam import folded_phrase


class ListedWordManager(NaturalManager):
    def points(self, *, language):
        """{words as `folded_phrase` gives them: points} of what is listed for texts in that language: one query.

        The same words give the same dict, which is for reading only.
        """
        rows = tuple(_listed.rows(language=language))
        return kept(("points of listed words", rows), partial(_points, rows))


def _points(rows):
    return {phrase: points for words, points in rows if (phrase := folded_phrase(words))}


class ListedWord(NaturalModel):
    """A word or phrase that makes a comment wait for a moderator, or sends it to spam."""

    natural_key_fields = ["words", "language"]
    MOST_POINTS = 10

    words = models.CharField(
        gettext_lazy("words"), max_length=100,
        help_text=gettext_lazy("Found as whole words, whatever their case and accents."),
    )  # fmt: skip
    language = models.CharField(
        gettext_lazy("language"), max_length=12, blank=True,
        help_text=gettext_lazy("Of the story. Left empty, the words are looked for under every story."),
    )  # fmt: skip
    points = models.PositiveSmallIntegerField(
        gettext_lazy("points"), default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)],
        help_text=gettext_lazy("A comment of 8 points or more waits among spam."),
    )  # fmt: skip

    objects = ListedWordManager()

    class Meta:
        verbose_name = gettext_lazy("listed word")
        verbose_name_plural = gettext_lazy("listed words")
        ordering = ["words", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["words", "language"],
                name="word_is_listed_once_for_a_language",
                violation_error_message=gettext_lazy("These words are listed for this language already."),
            )
        ]

    def __str__(self):
        return self.words


_listed = Prepared(
    lambda *, language: (
        ListedWord.objects.filter(language__in=["", language]).order_by("pk").values_list("words", "points")
    )
)
