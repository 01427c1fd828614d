from django.db import migrations

from articles.search_index import drop_search_index, make_search_index


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_newsroom_core")]

    operations = [migrations.RunPython(make_search_index, drop_search_index)]
