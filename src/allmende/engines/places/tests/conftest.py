import pytest

from allmende.core.city import pack
from allmende.engines.places import actions


@pytest.fixture
def town(db):
    """The example places of the city pack."""
    actions.import_pack(pack())
