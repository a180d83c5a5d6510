from allmende.capabilities.participation.models import WorkingGroup


def test_x(db):
    WorkingGroup.objects.create(slug="a", names={"de": "A"}, department="x")
