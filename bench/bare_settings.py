"""The portal's own settings with the addresses of bench/bare.py."""

from privacy_portal.settings import *  # noqa: F403  all of them

ROOT_URLCONF = "bench.bare"
