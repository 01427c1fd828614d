from django.db import migrations

from articles.search_index import make_search_index


class Migration(migrations.Migration):
    """The index of words has the section, language and kind of each edition too, and is made anew."""

    dependencies = [("articles", "0006_desk_lists_by_index")]

    operations = [migrations.RunPython(make_search_index, make_search_index)]
