"""Each topic store becomes a part of a project of its own, which says what the store says. Addresses stay."""

from django.db import migrations

CONTRACT = ("what_is_open", "decided_already", "who_decides", "when_decided", "what_it_changes")


def into_projects(apps, _editor):
    store_model, project_model, module_model = (
        apps.get_model("participation", name) for name in ("TopicStore", "Project", "Module")
    )
    for store in store_model.objects.filter(module__isnull=True).order_by("created_at", "id"):
        project = project_model.objects.create(
            group_id=store.group_id,
            title=store.title,
            summary=store.description,
            contract={name: getattr(store, name) for name in CONTRACT},
            is_formal=store.is_formal,
            is_example=store.is_example,
            announced_at=store.created_at if store.opens_at is not None else None,
            created_at=store.created_at,
        )
        kind = "ideas" if store.kind == "store" else store.kind
        module_model.objects.create(project=project, kind=kind, title=store.title, store=store)


class Migration(migrations.Migration):

    dependencies = [
        ("participation", "0005_projects"),
    ]

    operations = [
        migrations.RunPython(into_projects, migrations.RunPython.noop),
    ]
