"""What granian serves: `granian --interface asgi allmende.project.asgi:application`."""

from allmende.project.shell.router import Shell
from allmende.project.wsgi import application as django


def build() -> Shell:
    """The shell around Django; what it is put together from may be imported only now that Django is set up."""
    from allmende.project.shell.compose import compose

    return compose(django)


application = build()
