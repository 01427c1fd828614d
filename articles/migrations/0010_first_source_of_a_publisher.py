from django.db import migrations, models


class Migration(migrations.Migration):
    """Which source is the first of its publisher is looked up among those alone."""

    dependencies = [
        ("articles", "0009_coverage_counted_by_index"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["publisher_slug", "id"], name="source_by_publisher"),
        ),
    ]
