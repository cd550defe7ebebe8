import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
if not apps.ready:  # run by itself; pytest has done it
    django.setup()
