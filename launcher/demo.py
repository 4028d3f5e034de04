"""Runs the demo: a private PostgreSQL, an invented board, the pages and the jobs, on this machine.

Everything it keeps stands in var/demo. It needs no settings and believes none: DATABASE_URL, PG*
and PORTAL_* variables are ignored, so it can never meet a real database.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from launcher.binaries import NoPostgres
from launcher.environment import (
    kept_secret,
    new_log_keys,
    new_master_key,
    new_password,
    start_from_nothing,
)
from launcher.fingerprints import Done, fingerprint
from launcher.kept import KeptProgram
from launcher.ports import PortTaken, choose_port, wait_until_it_answers
from launcher.postgres import Cluster, ClusterFailed, ClusterInUse
from launcher.steps import (
    MANAGE,
    ROOT,
    StepFailed,
    compile_translations,
    knows_command,
    last_lines,
    run,
    step,
)

USUAL_PORT = 8000
HOME = ROOT / "var" / "demo"
FILLED = "filled"


class Demo:
    """One run of the demo. Whatever it starts ends with it."""

    def __init__(self, home: Path) -> None:
        self._cluster = Cluster(home)
        self._done = Done(home / "done")
        self._log = home / "log" / "steps.log"
        self._address_note = home / "address"
        self._programs: list[KeptProgram] = []
        self._settings: dict[str, str] = {}

    # --- from nothing to pages --------------------------------------------------------------

    def start(self, port: int | None, *, reset: bool) -> int:
        """Start everything; returns the port it listens on."""
        if reset and self._cluster.home.exists():
            with step("Throwing the old demo away"):
                self._cluster.remove()
        with step("PostgreSQL"):
            self._cluster.start()
        self._begin_anew_if_half_filled()
        port = choose_port(port, USUAL_PORT)
        self._settings = self._demo_settings(port)
        compile_translations(self._settings, self._log)
        self._migrate()
        self._collect_static_files()
        self._fill()
        with step("Web server"):
            self._serve(port)
        self._address_note.write_text(f"http://localhost:{port}")
        return port

    def _begin_anew_if_half_filled(self) -> None:
        if self._done.is_done(FILLED, "yes") or self._cluster.new_databases:
            return
        with step("The last start was cut short: beginning anew"):
            self._cluster.stop()
            self._cluster.remove()
            self._cluster.start()

    def _demo_settings(self, port: int) -> dict[str, str]:
        secrets = self._cluster.secrets
        kept_secret(secrets / "secret_key", lambda: new_password() + new_password())
        kept_secret(secrets / "master_key", new_master_key)
        kept_secret(secrets / "log_keys", new_log_keys)
        mail = self._cluster.home / "mail"
        mail.mkdir(mode=0o700, exist_ok=True)
        return {
            **self._cluster.settings(),
            "PORTAL_LOGIN": "owner",
            "PORTAL_SECRET_KEY_FILE": str(secrets / "secret_key"),
            "PORTAL_MASTER_KEY_FILE": str(secrets / "master_key"),
            "PORTAL_LOG_KEYS_FILE": str(secrets / "log_keys"),
            "PORTAL_LOG_HEADS": str(self._cluster.home / "log-heads"),
            "PORTAL_LEDGER": str(self._cluster.home / "ledger" / "destroyed"),
            "PORTAL_DEMO": "yes",
            "PORTAL_DEBUG": "no",
            "PORTAL_ALLOWED_HOSTS": "localhost,127.0.0.1",
            "PORTAL_ADDRESS": f"http://localhost:{port}",
            "PORTAL_TRUSTED_PROXIES": "0",
            "PORTAL_MAIL_FOLDER": str(mail),
            "PORTAL_STATIC_ROOT": str(self._cluster.home / "static"),
            "PORTAL_FILES_DIR": str(self._cluster.home / "files"),
        }

    def _migrate(self) -> None:
        # The log has a table a month: prepare_database also makes those of the coming months.
        mark = f"{time.strftime('%Y-%m')} {fingerprint(what_makes_tables(), ROOT)}"
        if self._done.is_done("migrated", mark) and not self._cluster.new_databases:
            return
        with step("Tables"):
            self._manage("prepare_database")
        self._done.remember("migrated", mark)

    def _collect_static_files(self) -> None:
        files = [path for path in ROOT.glob("static/**/*") if path.is_file()]
        made = ROOT / "static" / "fonts"
        files = [path for path in files if made not in path.parents]
        mark = fingerprint([*files, ROOT / "requirements.lock"], ROOT)
        is_there = (self._cluster.home / "static").is_dir() and any(made.glob("*.woff2"))
        if is_there and self._done.is_done("static", mark):
            return
        with step("Fonts and style sheets"):
            if knows_command("build_fonts"):
                self._manage("build_fonts")
            self._manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
        self._done.remember("static", mark)

    def _fill(self) -> None:
        if self._done.is_done(FILLED, "yes"):
            return
        if knows_command("fill_demo"):
            with step("An invented board with its schools"):
                self._manage("fill_demo")
        self._done.remember(FILLED, "yes")

    def _manage(self, *command: str) -> None:
        run([*MANAGE, *command], log=self._log, settings=self._settings)

    def _serve(self, port: int) -> None:
        granian = (sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws")
        place = ("--host", "127.0.0.1", "--port", str(port), "--workers", "1")
        served = ("--blocking-threads", "8", "privacy_portal.wsgi:application")
        web = self._keep("web", [*granian, *place, *served], {"PORTAL_LOGIN": "web"})
        self._keep("worker", [*MANAGE, "procrastinate", "worker"], {"PORTAL_LOGIN": "worker"})
        if not wait_until_it_answers(port, "/health/", lambda: web.is_running):
            raise StepFailed(f"The web server does not answer:\n{self._said('web')}")

    def _keep(self, name: str, command: list[str], settings: dict[str, str]) -> KeptProgram:
        log = self._cluster.home / "log" / f"{name}.log"
        log.unlink(missing_ok=True)
        environment = {**os.environ, **self._settings, **settings}
        program = KeptProgram(command, log=log, environment=environment, folder=ROOT, patience=3)
        self._programs.append(program)
        return program

    def _said(self, name: str) -> str:
        log = self._cluster.home / "log" / f"{name}.log"
        return last_lines(log.read_text(errors="replace") if log.exists() else "")

    # --- until it ends ----------------------------------------------------------------------

    def wait(self, seconds: float | None) -> None:
        """Wait until Ctrl-C or until the time is over.

        Raises StepFailed when one of the programs ends by itself.
        """
        limit = None if seconds is None else time.monotonic() + seconds
        while limit is None or time.monotonic() < limit:
            time.sleep(0.3)
            for name, program in zip(("web", "worker"), self._programs, strict=True):
                if not program.is_running:
                    raise StepFailed(f"The {name} process ended by itself:\n{self._said(name)}")

    def stop(self) -> None:
        """Stop the pages and the jobs, then PostgreSQL. What was entered stays."""
        for program in self._programs:
            program.ask_to_stop()
        for program in self._programs:
            program.stop()
        self._programs.clear()
        self._cluster.stop()


def what_makes_tables() -> list[Path]:
    rights = [
        "access/rights.py",
        "access/rights_of_others.py",
        "access/management/commands/prepare_database.py",
    ]
    return [
        *ROOT.glob("*/migrations/**/*.py"),
        *ROOT.glob("*/migrations/**/*.sql"),
        *(ROOT / name for name in rights),
        ROOT / "requirements.lock",
    ]


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--port", type=int, help=f"where to listen (usually {USUAL_PORT})")
    parser.add_argument("--stop-after", type=float, metavar="SECONDS", help="stop by itself")
    asked = parser.parse_args(arguments)
    if asked.port is not None and not 1 <= asked.port <= 65535:
        parser.error("a port is a number from 1 to 65535")
    return asked


def run_demo(asked: argparse.Namespace, home: Path) -> None:
    demo = Demo(home)
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, raise_interrupt)
    start = time.monotonic()
    print("Starting the demo of the privacy portal.", flush=True)
    try:
        port = demo.start(asked.port, reset=asked.reset)
        if asked.port is None and port != USUAL_PORT:
            print(f"\nPort {USUAL_PORT} is taken by another program, so this is on {port}.")
        print(
            f"\nReady after {time.monotonic() - start:.1f} s. Open http://localhost:{port}\n"
            f"(http://127.0.0.1:{port} works too, but passkeys only on localhost.)\n"
            "Everybody in it is invented. Stop with Ctrl-C; what you enter stays in var/demo.",
            flush=True,
        )
        demo.wait(asked.stop_after)
    except KeyboardInterrupt:
        pass
    finally:
        ignore_further_signals()
        demo.stop()
    print("\nStopped. Your data stay in var/demo; script/demo goes on with them.", flush=True)


def raise_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def ignore_further_signals() -> None:
    """A second Ctrl-C must not cut the clean stop short."""
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, signal.SIG_IGN)


def already_running(home: Path) -> str:
    note = home / "address"
    return f" It is at {note.read_text()}." if note.exists() else ""


def main(arguments: list[str], home: Path = HOME) -> int:
    asked = read_arguments(arguments)
    start_from_nothing()
    try:
        run_demo(asked, home)
    except ClusterInUse as problem:
        print(f"\nscript/demo: {problem}{already_running(home)}", file=sys.stderr)
    except (ClusterFailed, NoPostgres, PortTaken, StepFailed) as problem:
        print(f"\nscript/demo: {problem}", file=sys.stderr)
    except PermissionError as problem:
        print(
            f"\nscript/demo: {problem.filename} belongs to another user, who ran the demo in this "
            "clone. Run it as that user, remove var/demo, or use a clone of your own.",
            file=sys.stderr,
        )
    except BrokenPipeError:
        pass  # whoever read what we print has gone; everything has been stopped
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
