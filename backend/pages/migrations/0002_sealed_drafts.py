"""Drafts that lie open are closed by the key; without it they stay where they are and nothing is migrated."""

from django.db import migrations, models

from backend.pages import sealed


def close(apps, schema_editor):
    Draft = apps.get_model("pages", "Draft")
    for draft in Draft.objects.using(schema_editor.connection.alias):
        about = f"{draft.member_id}/{draft.case_id or ''}/{draft.action}"
        draft.sealed = sealed.close(draft.posted, about)
        draft.save(update_fields=["sealed"])


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_desk")]

    operations = [
        migrations.AddField("draft", "sealed", models.BinaryField(default=b""), preserve_default=False),
        migrations.RunPython(close, migrations.RunPython.noop),
        migrations.RemoveField("draft", "posted"),
    ]
