from django.db import migrations, models


class Migration(migrations.Migration):
    """The stories of a coverage are counted and read off in the list's order without a look at their rows."""

    dependencies = [("articles", "0008_hits_by_their_keys")]

    operations = [
        migrations.RemoveIndex(model_name="edition", name="edition_by_coverage"),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                fields=["coverage", "published_at", "article", "live_from", "live_until"],
                name="edition_by_coverage",
            ),
        ),
    ]
