"""A disk that is full, for real: one of 1 MB, in a namespace of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.rooms import ROOT

pytestmark = [pytest.mark.promise("P22"), pytest.mark.tiny_disk]

# As root first, as in a container; else as root of a user namespace, which needs no right at all.
NAMESPACES = (("unshare", "--mount"), ("unshare", "--user", "--map-root-user", "--mount"))
MOUNTED = 'mount -t tmpfs -o size=1m,mode=700 tmpfs "$1" && exec "$2" -c "$3" "$1"'
FILLED = """
import json, shutil, sys
from pathlib import Path
from django.conf import settings
folder = Path(sys.argv[1], "files")
settings.configure(FILES_DIR=str(folder))
from vault import blobs

def keep():
    return blobs.keep(bytes(65536) for _ in range(5))

def standing():
    return {path.name: path.stat().st_size for path in folder.glob("**/*") if path.is_file()}

kept, said = [], []
assert shutil.disk_usage(sys.argv[1]).total == 2**20
for _ in range(20):
    try:
        kept.append(keep())
    except blobs.NotKept as problem:
        said.append(problem.errno)
full = standing()
blobs.remove(kept[0])
again = keep()
print(json.dumps({
    "said": sorted(set(said)), "kept": [str(name) for name in kept], "full": full,
    "again": str(again), "after": standing(),
}))
"""


def on_a_tiny_disk(folder: Path) -> dict:
    """Runs the script with a disk of 1 MB at that folder."""
    refusals = []
    for namespace in NAMESPACES:
        command = [*namespace, "sh", "-c", MOUNTED, "sh", str(folder), sys.executable, FILLED]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode == 0:
            return json.loads(done.stdout)
        refusals.append(done.stderr.strip())
    pytest.fail(
        "no disk of 1 MB could be mounted: run the tests as root or allow user namespaces"
        f" (kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu). {refusals}"
    )


def test_a_disk_that_is_really_full_keeps_whole_files_only_and_takes_more_when_there_is_room(
    tmp_path,
):
    assert shutil.which("unshare"), "util-linux belongs to every Debian and Ubuntu"
    found = on_a_tiny_disk(tmp_path)
    assert found["said"] == [28], "no space left on device, each time and nothing else"
    assert len(found["kept"]) == 3
    assert set(found["full"]) == set(found["kept"])
    assert set(found["full"].values()) == {5 * 65536}
    assert set(found["after"]) == {*found["kept"][1:], found["again"]}
    assert not list(tmp_path.iterdir()), "the disk was seen by that program alone"
