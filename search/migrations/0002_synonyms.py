"""One row for a word however it is written; editors, analysts and administrators keep the rows."""

from django.db import migrations, models

from portal.org.roles import grant
from search.analysis import exact_key

KEEPERS = ("editor", "analyst", "administrator")


def fill_keys(apps, schema_editor):
    rows = apps.get_model("search", "Synonym").objects.using(schema_editor.connection.alias)
    for row in rows.all():
        rows.filter(pk=row.pk).update(key=exact_key(row.term))


def grant_permissions(apps, schema_editor):
    codenames = [f"{action}_synonym" for action in ("view", "add", "change", "delete")]
    for role in KEEPERS:
        grant(apps, schema_editor, role, "search", "synonym", codenames)


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
        ('org', '0003_roles'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='synonym',
            name='search_one_row_for_a_word',
        ),
        migrations.AddField(
            model_name='synonym',
            name='key',
            field=models.CharField(default='', editable=False, max_length=60),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='synonym',
            name='note',
            field=models.CharField(blank=True, help_text='For colleagues: why this row is here.', max_length=200, verbose_name='note'),
        ),
        migrations.AlterField(
            model_name='synonym',
            name='others',
            field=models.TextField(help_text='One on a line, or with 、 between them: 社区矫正. In a word with a space in it, each part must be found. Other words of these words are not followed: write every word that is meant.', max_length=1000, verbose_name='other words'),
        ),
        migrations.AlterField(
            model_name='synonym',
            name='term',
            field=models.CharField(help_text='As people type it: 社矫, 坐牢. Width, case and traditional characters do not count.', max_length=60, verbose_name='word'),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='synonym',
            constraint=models.UniqueConstraint(fields=('key',), name='search_one_row_for_a_word'),
        ),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
