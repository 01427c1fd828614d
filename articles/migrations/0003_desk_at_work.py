import articles.models.media
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from articles.models.slugs import slug_from
from articles.search_index import make_search_index


def name_pictures(apps, schema_editor):
    """Gives each picture a name of its own: a default would be computed once for all of them."""
    for image in apps.get_model("articles", "Image").objects.filter(uid=None):
        image.uid = uuid.uuid4()
        image.save(update_fields=["uid"])


def name_publishers(apps, schema_editor):
    """Gives each source on record the words of its publisher's address."""
    for source in apps.get_model("articles", "Source").objects.exclude(publisher=""):
        source.publisher_slug = slug_from(source.publisher, fallback="publisher")
        source.save(update_fields=["publisher_slug"])


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_search_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Autosave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField()),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DeskNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=5000, verbose_name='note')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('resolved_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'desk note',
                'verbose_name_plural': 'desk notes',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='EditionImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Rendition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(choices=[('webp', 'WebP'), ('jpeg', 'JPEG')], max_length=4)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('file', models.FileField(unique=True, upload_to=articles.models.media.random_name)),
            ],
        ),
        migrations.CreateModel(
            name='WavedAdvice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('sentence', models.TextField()),
                ('note', models.CharField(max_length=300, verbose_name='why it does not apply')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'advice waved off',
                'verbose_name_plural': 'advice waved off',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='version',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='desklogline',
            name='after',
            field=models.CharField(blank=True, choices=[('draft', 'Draft'), ('in_review', 'In review'), ('approved', 'Approved'), ('scheduled', 'Scheduled'), ('live', 'Live'), ('live_changed', 'Live, with unpublished changes'), ('withdrawn', 'Withdrawn'), ('spiked', 'Spiked')], max_length=12, verbose_name='to'),
        ),
        migrations.AddField(
            model_name='desklogline',
            name='before',
            field=models.CharField(blank=True, choices=[('draft', 'Draft'), ('in_review', 'In review'), ('approved', 'Approved'), ('scheduled', 'Scheduled'), ('live', 'Live'), ('live_changed', 'Live, with unpublished changes'), ('withdrawn', 'Withdrawn'), ('spiked', 'Spiked')], max_length=12, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='edition',
            name='pictures',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='edition',
            name='redacted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='edition',
            name='redacted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='image',
            name='focal_x',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='focal point, from the left'),
        ),
        migrations.AddField(
            model_name='image',
            name='focal_y',
            field=models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='focal point, from the top'),
        ),
        migrations.AddField(
            model_name='image',
            name='licence',
            field=models.CharField(blank=True, help_text='What the picture may be used for, and by whom.', max_length=200, verbose_name='licence'),
        ),
        migrations.AddField(
            model_name='image',
            name='rights_until',
            field=models.DateTimeField(blank=True, help_text='From this moment the file is no longer served. Empty for no end.', null=True, verbose_name='rights end'),
        ),
        migrations.AddField(
            model_name='image',
            name='uid',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='image',
            name='uploaded_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name='image',
            name='uploaded_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='source',
            name='publisher_slug',
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=100),
        ),
        migrations.AlterField(
            model_name='desklogline',
            name='action',
            field=models.CharField(choices=[('published', 'Published'), ('scheduled', 'Scheduled'), ('plan_cancelled', 'Schedule cancelled'), ('withdrawn', 'Withdrawn'), ('submitted', 'Sent to review'), ('sent_back', 'Sent back'), ('approved', 'Approved'), ('reopened', 'Approval lapsed'), ('spiked', 'Spiked'), ('unspiked', 'Taken back from the spike'), ('brought_back', 'Earlier version brought back'), ('redacted', 'Version redacted'), ('shared', 'Preview link made'), ('unshared', 'Preview link revoked'), ('waved_off', 'Advice waved off')], max_length=20, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='image',
            name='file',
            field=models.ImageField(height_field='height', unique=True, upload_to=articles.models.media.random_name, verbose_name='file', width_field='width'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('redacted_at', None), ('redacted_by', None)), models.Q(('body', ''), ('headline', ''), ('image', None), ('opening', ''), ('picture__isnull', True), ('redacted_at__isnull', False), ('redacted_by__isnull', False), ('search_text', ''), ('standfirst', '')), _connector='OR'), name='redacted_edition_holds_no_words'),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.CheckConstraint(condition=models.Q(('focal_x__lte', 100), ('focal_y__lte', 100)), name='image_has_its_focal_point_inside'),
        ),
        migrations.AddField(
            model_name='autosave',
            name='article',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='autosaves', to='articles.article'),
        ),
        migrations.AddField(
            model_name='autosave',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='desknote',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='desk_notes', to='articles.article'),
        ),
        migrations.AddField(
            model_name='desknote',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='desknote',
            name='resolved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='editionimage',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='image_rows', to='articles.edition'),
        ),
        migrations.AddField(
            model_name='editionimage',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edition_rows', to='articles.image'),
        ),
        migrations.AddField(
            model_name='presence',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='articles.article'),
        ),
        migrations.AddField(
            model_name='presence',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preview_links', to='articles.article'),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rendition',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='articles.image'),
        ),
        migrations.AddField(
            model_name='wavedadvice',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waved_advice', to='articles.article'),
        ),
        migrations.AddField(
            model_name='wavedadvice',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='autosave',
            constraint=models.UniqueConstraint(fields=('article', 'user'), name='autosave_is_one_for_story_and_person'),
        ),
        migrations.AddConstraint(
            model_name='autosave',
            constraint=models.UniqueConstraint(condition=models.Q(('article', None)), fields=('user',), name='autosave_of_a_new_story_is_one'),
        ),
        migrations.AddConstraint(
            model_name='desknote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at', None), ('resolved_by', None)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='desk_note_is_resolved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='desknote',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='desk_note_says_something', violation_error_message='Write the note first.'),
        ),
        migrations.AddConstraint(
            model_name='editionimage',
            constraint=models.UniqueConstraint(fields=('edition', 'image'), name='edition_shows_an_image_once'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('article', 'user'), name='presence_is_kept_once_for_each_person'),
        ),
        migrations.AddConstraint(
            model_name='previewlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='preview_link_is_revoked_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.UniqueConstraint(fields=('image', 'format', 'width'), name='rendition_is_made_once'),
        ),
        migrations.AddConstraint(
            model_name='wavedadvice',
            constraint=models.UniqueConstraint(fields=('article', 'key'), name='advice_is_waved_off_once'),
        ),
        migrations.AddConstraint(
            model_name='wavedadvice',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='waved_advice_gives_a_reason', violation_error_message='Say why the advice does not apply.'),
        ),
        migrations.RunPython(name_pictures, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='image',
            name='uid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.RunPython(name_publishers, migrations.RunPython.noop),
        # SQLite makes tables anew where columns come with a default, and drops their triggers with the old ones.
        migrations.RunPython(make_search_index, make_search_index),
    ]
