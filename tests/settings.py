"""The portal's own settings with what tests need different, and a PostgreSQL of their own.

pytest-django imports this before anything else of Django. Whoever is first (pytest itself, or
script/test) starts the server; xdist's workers inherit the environment and use the same one.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from launcher.test_cluster import enter_test_environment

enter_test_environment(Path(__file__).resolve().parent.parent)

# Sealed files of this process, also for programs it starts.
os.environ["PORTAL_FILES_DIR"] = tempfile.mkdtemp(prefix="portal-tests-files-")
atexit.register(shutil.rmtree, os.environ["PORTAL_FILES_DIR"], ignore_errors=True)
# And its own ledger of destructions, which nobody has written yet.
os.environ["PORTAL_LEDGER"] = str(Path(os.environ["PORTAL_FILES_DIR"]) / "ledger" / "destroyed")
_HEADS = tempfile.mkdtemp(prefix="portal-tests-heads-")
os.environ["PORTAL_LOG_HEADS"] = f"{_HEADS}/log-heads"
atexit.register(shutil.rmtree, _HEADS, ignore_errors=True)

from privacy_portal.settings import *  # noqa: E402, F403  needs the environment made above

# Argon2 is slow on purpose; a test that signs in would wait for it.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
# No collectstatic before each test run. Tests of the real storage set it themselves.
STORAGES = {
    **STORAGES,  # noqa: F405  from the settings above
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = Path(tempfile.gettempdir()) / "privacy-portal-no-static-files"
WHITENOISE_AUTOREFRESH = True
# Tests read the source's own texts, whether or not a translation is compiled.
LANGUAGE_CODE = "en"


class UndefinedVariable(str):
    """A template that asks for something no view gives fails, instead of showing nothing."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise LookupError(f"a template uses {name}, which nobody gives it")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")  # noqa: F405  not empty
