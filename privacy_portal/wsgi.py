"""The WSGI door that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from files import sandbox
from privacy_portal.memory import give_large_buffers_back

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_portal.settings")

give_large_buffers_back()
application = get_wsgi_application()
sandbox.warm()
