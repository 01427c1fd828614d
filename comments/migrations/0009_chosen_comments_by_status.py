from django.db import migrations, models


class Migration(migrations.Migration):
    """Which comments the desk has chosen is looked up among the public ones of a story alone."""

    dependencies = [
        ("articles", "0005_flat_lists"),
        ("comments", "0008_report_and_privacy"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="comment", name="comment_by_choice"),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["article", "status", "-posted_at", "-id"],
                name="comment_by_choice",
                condition=models.Q(is_featured=True),
            ),
        ),
    ]
