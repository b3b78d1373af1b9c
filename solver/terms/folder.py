"""Where compiled kernels are kept, and whether all of them are there: without loading what compiles."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

_SOLVER = Path(__file__).parent.parent


@cache
def fingerprint() -> str:
    """Changes with any kernel: a cached kernel has those that it calls inside, and numba looks at its own file only."""
    digest = hashlib.sha256()
    rotations = (_SOLVER / "rotation" / "kernels").glob("*.py")
    searching = [_SOLVER / f"{name}.py" for name in ("board", "reassign", "search", "stages")]
    for source in sorted([*(_SOLVER / "terms").glob("*.py"), *rotations, *searching]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def folder() -> Path:
    """Where it is said, else beside the sources where that can be written, else in the user's cache, else for now."""
    stated = os.environ.get("NUMBA_CACHE_DIR")
    if stated:
        return Path(stated)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for base in (_SOLVER / "__pycache__", home / "kring"):
        try:
            found = base / f"kernels-{fingerprint()}"
            found.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(found, os.W_OK):
            return found
    return Path(tempfile.mkdtemp(prefix="kring-kernels-"))


def _processor() -> str:
    """What numba compiles for, as far as that can be told without loading it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")[0]
    except OSError:
        told = platform.platform()
    kinds = [line for line in told.splitlines() if line.startswith(("model name", "flags", "Features", "CPU part"))]
    return hashlib.sha256("\n".join(kinds or [told]).encode()).hexdigest()[:8]


def _mark() -> Path:
    """Another numba, Python or processor compiles anew."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return folder() / f"complete-{fingerprint()}-{version('numba')}-{python}-{_processor()}"


def complete() -> bool:
    """Whether all kernels of these sources were compiled before on this machine."""
    return _mark().exists()


def say_complete() -> None:
    """From now on they are."""
    folder().mkdir(parents=True, exist_ok=True)
    _mark().touch()
