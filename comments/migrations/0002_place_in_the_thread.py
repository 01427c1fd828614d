from django.db import migrations, models

from comments.places import place_below

AT_ONCE = 2_000


def put_in_place(apps, schema_editor):
    """Gives each comment its place: first those on the story itself, then those that answer them, and so on."""
    Comment = apps.get_model("comments", "Comment")
    comments = Comment.objects.using(schema_editor.connection.alias).order_by("pk").select_related("parent")
    answers = comments.filter(parent__isnull=False).exclude(parent__place="")
    for waiting in (comments.filter(parent=None), answers):
        while placed := list(waiting.filter(place="")[:AT_ONCE]):
            for comment in placed:
                above = comment.parent.place if comment.parent else ""
                comment.place = place_below(above, posted_at=comment.posted_at, uid=comment.uid)
            comments.bulk_update(placed, ["place"])


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_comments_decisions_flags")]

    operations = [
        migrations.AddField(
            "comment", "place", models.CharField(default="", editable=False, max_length=66), preserve_default=False
        ),
        migrations.RunPython(put_in_place, migrations.RunPython.noop),
        migrations.AddIndex(
            "comment", models.Index(fields=["article", "status", "place"], name="comment_by_place")
        ),
        migrations.AddConstraint(
            "comment",
            models.UniqueConstraint(fields=["article", "place"], name="comment_has_its_place_in_the_thread"),
        ),
    ]
