"""What has changed since it was last done: one fingerprint a task, kept in a folder."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], root: Path) -> str:
    """The same as long as these files hold the same."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class Done:
    """Remembers which tasks were done with which fingerprint."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_done(self, task: str, mark: str) -> bool:
        note = self._folder / task
        return note.exists() and note.read_text() == mark

    def remember(self, task: str, mark: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._folder / f".{task}"
        new.write_text(mark)
        new.replace(self._folder / task)

    def forget(self, task: str) -> None:
        (self._folder / task).unlink(missing_ok=True)
