from django.db import migrations

from articles.search_index import drop_keys_index, make_keys_index


class Migration(migrations.Migration):
    """SQLite tells from an index whether what a search hits is live."""

    dependencies = [("articles", "0007_filing_in_the_search_index")]

    operations = [migrations.RunPython(make_keys_index, drop_keys_index)]
