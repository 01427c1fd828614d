"""The desk's list of words that make a comment wait."""

from django.contrib import admin
from django.forms import Select
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.desk import DeskAdmin
from articles.models.language import language_names
from comments.models import ListedWord


@admin.register(ListedWord)
class ListedWordAdmin(DeskAdmin):
    """Words that make a comment wait. They say nothing about comments that are there already."""

    list_display = ["words", "spoken_in", "points"]
    search_fields = ["words"]
    search_help_text = gettext_lazy("Search in the words.")
    fields = ["words", "language", "points"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "language":
            choices = [("", _("Every language")), *language_names()]
            kwargs["widget"] = Select(choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def spoken_in(self, word):
        return dict(language_names()).get(word.language, word.language) or _("every language")
