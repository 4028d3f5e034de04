"""Makes what is served as it is: translations, fonts and style sheets. `python -m launcher.static`

For the image of production (Dockerfile). Needs no settings: nothing made here depends on them.
"""

import sys

from launcher.environment import settings_without_a_server
from launcher.steps import MANAGE, ROOT, StepFailed, compile_translations, knows_command, run

LOG = ROOT / "var" / "log" / "static.log"


def make_static_files() -> None:
    settings = settings_without_a_server()
    compile_translations(settings, LOG)
    if knows_command("build_fonts"):
        run([*MANAGE, "build_fonts"], log=LOG, settings=settings)
    run([*MANAGE, "collectstatic", "--no-input", "--clear"], log=LOG, settings=settings)


if __name__ == "__main__":
    try:
        make_static_files()
    except StepFailed as problem:
        sys.exit(str(problem))
