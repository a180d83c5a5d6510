"""Django as a WSGI application; the shell calls it in its own threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allmende.project.settings")

application = get_wsgi_application()
