"""Each topic store that is a contest gets what a contest has; its ideas become entries."""

from django.db import migrations

FIRST = (
    ({"de": "Nutzen für die Stadt", "en": "Benefit for the city"}, 3),
    ({"de": "Machbarkeit", "en": "Feasibility"}, 2),
    ({"de": "Neue Idee", "en": "New idea"}, 1),
)


def bring_contests(apps, _editor):
    store_model, contest_model, criterion_model, entry_model, idea_model = (
        apps.get_model("participation", name) for name in ("TopicStore", "Contest", "Criterion", "Entry", "Idea")
    )
    for store in store_model.objects.filter(kind="contest", contest__isnull=True).order_by("id"):
        ideas = list(idea_model.objects.filter(store=store).order_by("number"))
        public = [idea.published_at for idea in ideas if idea.published_at]
        contest = contest_model.objects.create(
            store=store, created_at=store.created_at, published_at=min(public) if public else None
        )
        for order, (names, weight) in enumerate(FIRST):
            criterion_model.objects.create(contest=contest, names=names, weight=weight, scale=5, order=order)
        for idea in ideas:
            entry_model.objects.create(contest=contest, idea=idea, entrant="everybody")


class Migration(migrations.Migration):

    dependencies = [
        ("participation", "0012_contests"),
    ]

    operations = [
        migrations.RunPython(bring_contests, migrations.RunPython.noop),
    ]
