"""Every page of every room that is only for staff, without a second step."""

from allmende.core.manifest import Persona
from tests.walk import clients, walks


def test_every_page_for_staff_is_shut_without_the_second_step(full_city, subtests, settings):
    """Everything that only staff may open, as everyone who is staff; the editors' own pages too."""
    settings.STAFF_SECOND_FACTOR = True
    people = {name: client for name, client in clients().items() if name != Persona.VISITOR}
    for walk in walks():
        if walk.page.open_to & {Persona.RESIDENT, Persona.VISITOR}:
            continue
        for persona in walk.page.open_to:
            with subtests.test(page=walk.name, persona=persona.value):
                answer = people[persona].get(walk.path)
                led = answer.status_code == 302 and "/konto/schutz/" in answer["Location"]
                assert led or answer.status_code in {403, 404, 405}
    for persona in (Persona.MODERATOR, Persona.ADMINISTRATOR):
        assert "/konto/schutz/" in people[persona].get("/redaktion/").headers.get("Location", "")
