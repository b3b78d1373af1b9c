"""A process that compiles beside the one that waits for it; `solver/ahead.py` says what it does."""

from __future__ import annotations

import os
import subprocess
import sys

from solver.terms.folder import complete, folder

PARTS, MEETINGS, MANY, ALL = "parts", "meetings", "many", "all"
"""What it says when it is done with: its half of the search; what most rotations need; what many networks need;
everything."""


class Beside:
    """Starts at once, and goes on with what nobody waits for when the one that waits has ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "solver.ahead"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # whoever waits compiles what is missing, and says what is wrong with it
            env={**os.environ, "NUMBA_CACHE_DIR": str(folder())},
            start_new_session=True,
            text=True,
        )

    def wait_for(self, stage: str) -> None:
        """Returns when the process has come so far, or has ended."""
        for line in self._process.stdout or ():
            if line.strip() == stage != ALL:
                return
        self._process.wait()


def beside() -> Beside | None:
    """Begins to compile in another process; None where everything is compiled."""
    return None if complete() else Beside()
