"""django-stubs reads our settings, and those want an environment: give them an empty one.

mypy loads this by its path (pyproject.toml), so the project itself is not on its path yet.
"""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from launcher.environment import settings_without_a_server

for variable, value in settings_without_a_server().items():
    os.environ.setdefault(variable, value)

from mypy_django_plugin.main import plugin  # noqa: E402  reads the settings

__all__ = ["plugin"]
