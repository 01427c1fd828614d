from django.db import migrations, models


class Migration(migrations.Migration):
    """What was reported is read in the order of time without reading all that was reported."""

    dependencies = [
        ("comments", "0009_chosen_comments_by_status"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["posted_at", "id"],
                name="comment_reported_by_time",
                condition=models.Q(open_flag_count__gt=0),
            ),
        ),
    ]
