"""How kernels are compiled: cached, without the GIL, and without reference counts.

Kernels only read and write arrays that their caller holds, so counting references to them would cost most of the time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numba as nb

_SOLVER = Path(__file__).parent.parent


def _fingerprint() -> str:
    """Changes with any kernel: a cached kernel has those that it calls inside, and numba looks at its own file only."""
    digest = hashlib.sha256()
    rotations = (_SOLVER / "rotation" / "kernels").glob("*.py")
    for source in sorted([*(_SOLVER / "terms").glob("*.py"), *rotations, _SOLVER / "board.py", _SOLVER / "search.py"]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _folder() -> Path:
    """Beside the sources where that can be written, else in the user's cache, else in a temporary folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for base in (_SOLVER / "__pycache__", home / "kring"):
        try:
            folder = base / f"kernels-{_fingerprint()}"
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="kring-kernels-"))


if not nb.config.CACHE_DIR:
    nb.config.CACHE_DIR = str(_folder())


def compiled() -> bool:
    """Whether kernels of these sources were compiled before on this machine."""
    return any(Path(nb.config.CACHE_DIR).rglob("*.nbc"))


kernel = nb.njit(cache=True, nogil=True, _nrt=False)

part = nb.njit(cache=True, nogil=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For what only kernels call: without the wrappers for Python it compiles a fifth sooner."""

allocating = nb.njit(cache=True, nogil=True)
"""For what makes arrays of its own."""

inner = nb.njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For what only kernels call: without the wrappers for Python it compiles a fifth sooner."""
