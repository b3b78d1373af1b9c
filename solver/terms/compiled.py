"""How kernels are compiled: cached, without the GIL, and without reference counts.

Kernels only read and write arrays that their caller holds, so counting references to them would cost most of the time.
"""

from __future__ import annotations

import numba as nb

kernel = nb.njit(cache=True, nogil=True, _nrt=False)

inlined = nb.njit(cache=True, nogil=True, _nrt=False, inline="always")
"""For what takes a whole board: passing one costs two seconds of compilation for each function that does."""
