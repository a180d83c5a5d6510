from allmende.capabilities.participation import builders


def test_x(db):
    builders.published()
