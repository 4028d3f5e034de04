"""script/demo from nothing, again, twice at once, on a taken port and killed."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from demo.people import CAST
from launcher.ports import is_free
from launcher.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
RUN = (
    "import sys; from pathlib import Path; from launcher import demo; "
    "sys.exit(demo.main(sys.argv[2:], Path(sys.argv[1])))"
)
Start = Callable[..., "Running"]
WAIT = 60  # seconds: a busy machine is slow
PORTS_FOR_ANYBODY = Path("/proc/sys/net/ipv4/ip_local_port_range")


class Running:
    """A demo that is starting or running."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(home), *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": "postgresql://db.example/real",
                "PGHOST": "x.example",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_ready(self) -> "Running":
        return self.wait_until_it_says("Everybody in it")

    def wait_until_it_says(self, beginning: str) -> "Running":
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith(beginning):
                return self
        pytest.fail(f"it did not say {beginning}:\n{self.said}")

    def cut_short(self) -> None:
        """Kills it in whatever it is doing, and waits until nothing of it runs."""
        self.process.kill()
        self.process.wait()
        limit = time.monotonic() + WAIT
        while left := processes_of(self.home):
            assert time.monotonic() < limit, left
            time.sleep(0.05)

    def wait_until_ended(self) -> int:
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        return self.process.wait(WAIT)

    @property
    def port(self) -> int:
        return int(re.search(r"http://localhost:(\d+)", self.said)[1])  # type: ignore[index]

    @property
    def seconds(self) -> float:
        return float(re.search(r"Ready after ([\d.]+) s", self.said)[1])  # type: ignore[index]

    @property
    def busy_seconds(self) -> float:
        """What its programs and those they waited for have worked: no other work adds to it."""
        ticks = 0
        for number in processes_of(self.home):
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                values = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, values[11:15]))  # its own, and of its ended children
        return ticks / os.sysconf("SC_CLK_TCK")


def processes_of(home: Path) -> dict[int, str]:
    """Programs that run on this demo: they name its folder in their command or environment.

    Where PostgreSQL can't reach that folder, its data stand in another one.
    """
    folders = [f"{place}/".encode() for place in (home, Cluster(home).data_folder.parent)]
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = ((folder / n).read_bytes() for n in ("cmdline", "environ"))
        except OSError:
            continue
        named = command + environment
        if any(place in named for place in folders) and int(folder.name) != os.getpid():
            found[int(folder.name)] = command.replace(b"\0", b" ").decode()
    return found


def a_free_port() -> int:
    """One that the kernel gives nobody who asks for any: it is still free when the demo comes."""
    first, last = map(int, PORTS_FOR_ANYBODY.read_text().split())
    begin = 10_000 + 20 * (os.getpid() % 500)  # another run looks elsewhere
    outside = (port for port in range(begin, 65_536) if not first <= port <= last)
    return next(port for port in outside if is_free(port))


def get(port: int, path: str, host: str = "127.0.0.1") -> int:
    asking = http.client.HTTPConnection(host, port, timeout=WAIT)
    asking.request("GET", path)
    return asking.getresponse().status


class Visitor:
    """A browser without JavaScript: cookies, and forms sent as they stand on a page."""

    def __init__(self, port: int) -> None:
        self._address = f"http://localhost:{port}"
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )

    def open(self, path: str, form: dict[str, str] | None = None, **headers: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        asked = urllib.request.Request(f"{self._address}{path}", data, headers)
        with self._opener.open(asked, timeout=WAIT) as answer:
            return str(answer.read().decode())

    def sign_in_as(self, username: str) -> str:
        """Presses somebody's button on the start page; gives the page they arrive on."""
        button = re.search(
            rf'action="([^"]*/{username}/)">\s*<input[^>]*value="([^"]+)"', self.open("/")
        )
        assert button, f"no button to sign in as {username}"
        return self.open(button[1], {"csrfmiddlewaretoken": button[2]})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def from_nothing(home: Path) -> Running:
    """The demo begun where there was nothing, and cut short after its first step."""
    running = Running(home).wait_until_it_says("  PostgreSQL")
    running.cut_short()
    return running


@pytest.fixture(scope="module")
def half_filled(from_nothing: Running) -> Running:
    """Begun once more on what that left, and cut short again."""
    running = Running(from_nothing.home).wait_until_it_says("  The last start was cut short")
    running.cut_short()
    return running


@pytest.fixture(scope="module")
def first_start(half_filled: Running) -> Running:
    """The demo thrown away, made from nothing and stopped.

    What is thrown away says of itself that it is whole: of a demo that is, nothing more would be
    seen, and filling one takes longer than all these tests.
    """
    home = half_filled.home
    done = home / "done"
    done.mkdir(exist_ok=True)
    for task in ("migrated", "static", "filled"):
        (done / task).write_text("yes")
    (home / "mail").mkdir(exist_ok=True)
    (home / "mail" / "left-behind").write_text("x")
    port = str(a_free_port())
    running = Running(home, "--reset", "--port", port, "--stop-after", "0")
    assert running.wait_until_ended() == 0, running.said
    return running


@pytest.fixture
def start(first_start: Running) -> Iterator[Start]:
    started: list[Running] = []

    def begin(*arguments: str) -> Running:
        running = Running(first_start.home, *arguments)
        started.append(running)
        return running

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait()
    limit = time.monotonic() + WAIT
    while processes_of(first_start.home) and time.monotonic() < limit:
        time.sleep(0.05)


def test_the_first_start_shows_each_step_and_keeps_to_its_folder(first_start: Running) -> None:
    for name in ("PostgreSQL", "Tables", "Fonts and style sheets", "Web server"):
        assert re.search(rf"^  {name} \.+ +[\d.]+ s$", first_start.said, re.MULTILINE)
    assert not processes_of(first_start.home)
    for path in (first_start.home / "secrets").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_where_there_is_nothing_it_makes_a_place_of_its_own(from_nothing: Running) -> None:
    assert "Throwing" not in from_nothing.said
    assert "cut short" not in from_nothing.said
    assert (from_nothing.home / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_start_that_was_cut_short_begins_anew(half_filled: Running) -> None:
    assert re.search(r"^  The last start was cut short: beginning anew", half_filled.said, re.M)


def test_reset_begins_anew_with_nothing_of_before(first_start: Running) -> None:
    assert "Throwing the old demo away" in first_start.said
    assert "Tables" in first_start.said
    assert not (first_start.home / "mail" / "left-behind").exists()


@pytest.fixture(scope="class")
def running(first_start: Running) -> Iterator[Running]:
    running = Running(first_start.home, "--port", str(a_free_port()))
    yield running.wait_until_ready()
    running.cut_short()


class TestWhileItRuns:
    """One demo, made by that reset, runs for all of these: each start would take seconds."""

    def test_the_second_start_takes_less_than_ten_seconds_and_does_nothing_twice(
        self, running: Running
    ) -> None:
        assert running.busy_seconds < 10  # a quiet machine has one core for it
        assert running.seconds < WAIT, "it waits for nothing else"
        assert "Tables" not in running.said
        assert "Fonts" not in running.said
        assert get(running.port, "/health/") == 200
        assert get(running.port, "/health/", host="localhost") == 200

    def test_the_start_page_shows_the_cast_and_signs_each_in_with_one_click(
        self, running: Running
    ) -> None:
        port = running.port
        page = Visitor(port).open("/")
        for person in CAST:
            assert person.name in page
        assert len(re.findall(r"<h3>[^<]+</h3>\s*<p>[^<]{20,}</p>", page)) == len(CAST)
        for person in CAST:
            home = Visitor(port).sign_in_as(person.username)
            assert re.search(rf"<h1[^>]*>[^<]*{person.name}", home), person.username
        teacher, director = Visitor(port), Visitor(port)
        dossier = re.search(r'href="(/dossiers/[^"]+)"', teacher.sign_in_as("joost"))
        assert dossier
        assert "<h1" in teacher.open(dossier[1])
        director.sign_in_as("karin")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            director.open(dossier[1])

    def test_the_door_without_a_password_answers_to_this_machine_only(
        self, running: Running
    ) -> None:
        port = running.port
        for headers in ({"X-Forwarded-For": "127.0.0.1"}, {"Host": "portal.example"}):
            with pytest.raises(urllib.error.HTTPError, match=r"40[04]"):
                Visitor(port).open("/demo/", **headers)
        assert "<h3>" in Visitor(port).open("/demo/")

    def test_a_second_copy_says_where_the_first_one_is(self, running: Running) -> None:
        for arguments in ([], ["--reset"]):
            second = Running(running.home, *arguments)
            assert second.wait_until_ended() == 1
            assert f"Another copy (process {running.process.pid})" in second.said
            assert f"It is at http://localhost:{running.port}." in second.said
        assert get(running.port, "/health/") == 200

    def test_it_has_no_way_in_from_another_machine(self, running: Running) -> None:
        listening = f":{running.port:04X}"
        lines = (
            Path("/proc/net/tcp").read_text().splitlines()
            + Path("/proc/net/tcp6").read_text().splitlines()
        )
        addresses = {
            line.split()[1].split(":")[0]
            for line in lines[1:]
            if len(line.split()) > 3
            and line.split()[1].endswith(listening)
            and line.split()[3] == "0A"
        }
        assert addresses == {"0100007F"}  # 127.0.0.1


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_cleanly_when_asked(start: Start, end: signal.Signals) -> None:
    running = start("--port", str(a_free_port())).wait_until_ready()
    running.process.send_signal(end)
    assert running.wait_until_ended() == 0
    assert "Your data stay" in running.said
    assert not processes_of(running.home)
    log = (running.home / "log" / "postgresql.log").read_text()
    assert log.rstrip().endswith("database system is shut down")


def test_kill_9_leaves_nothing_running_and_it_starts_again(start: Start) -> None:
    running = start("--port", str(a_free_port())).wait_until_ready()
    assert len(processes_of(running.home)) > 5
    running.cut_short()
    again = start("--port", str(running.port), "--stop-after", "0")
    assert again.wait_until_ended() == 0, again.said


def test_a_port_asked_for_that_is_taken_stops_it_with_a_sentence(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        running = start("--port", str(port))
        assert running.wait_until_ended() == 1
    assert f"Port {port} is taken" in running.said
    assert not processes_of(running.home)
