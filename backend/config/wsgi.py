"""The WSGI application served by granian (`tsunagu web`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
application = get_wsgi_application()

# Policies are put to use before the first request; definitions with an error keep the server from starting.
from backend.catalogue import loading  # noqa: E402 - Django first

loading.use()
