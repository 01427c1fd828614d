"""What the lists about comments can be narrowed to."""

from django.contrib import admin


class ChosenFilter(admin.SimpleListFilter):
    """A filter that always has a choice: `at_first` until somebody makes another."""

    at_first = ""

    def value(self):
        chosen = super().value()
        return chosen if chosen in dict(self.lookup_choices) else self.at_first

    def choices(self, changelist):
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}
