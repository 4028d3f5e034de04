"""Starting a program that ends when we do. The other half of `launcher/keeper.py`."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")


class KeptProgram:
    """A running program that ends with us, whichever way we end."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        end_signal: str = "TERM",
        patience: float = 20,
        remove: Sequence[Path] = (),
        hold_open: Sequence[int] = (),
    ) -> None:
        """Start it. `hold_open`: descriptors (a lock) that stay open until it has truly ended."""
        self._patience = patience
        keeper = [sys.executable, "-I", "-S", str(KEEPER), "--signal", end_signal]
        keeper += ["--patience", str(patience)]
        for extra in remove:
            keeper += ["--remove", str(extra)]
        reading, self._lifeline = os.pipe()
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._keeper = subprocess.Popen(
                [*keeper, "--", *command],
                stdin=reading,
                stdout=output,
                stderr=output,
                env=None if environment is None else dict(environment),
                cwd=folder,
                start_new_session=True,
                pass_fds=tuple(hold_open),
            )
        finally:
            os.close(reading)
            os.close(output)

    @property
    def is_running(self) -> bool:
        return self._keeper.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._keeper.poll()

    def wait(self) -> int:
        """Wait until it ends by itself; returns how it ended."""
        return self._keeper.wait()

    def ask_to_stop(self) -> None:
        """Ask it to end, without waiting."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def stop(self) -> None:
        """End it and wait until it has ended. Calling it twice does no harm."""
        self.ask_to_stop()
        try:
            self._keeper.wait(self._patience + 10)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
