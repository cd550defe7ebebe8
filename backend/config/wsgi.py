"""The WSGI application served by granian (`tsunagu web`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
application = get_wsgi_application()

from backend.config import resident  # noqa: E402 - Django first

resident.keep()  # definitions with an error keep the server from starting
