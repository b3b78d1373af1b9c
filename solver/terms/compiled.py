"""How kernels are compiled: cached, without the GIL, and without reference counts.

Kernels only read and write arrays that their caller holds, so counting references to them would cost most of the time.
"""

from __future__ import annotations

import numba as nb

from solver.terms.folder import folder

if not nb.config.CACHE_DIR:
    nb.config.CACHE_DIR = str(folder())

kernel = nb.njit(cache=True, nogil=True, _nrt=False)
"""Its wrapper for C is never called, but without it LLVM puts the kernel into the other one, which runs 3 % slower."""

part = nb.njit(cache=True, nogil=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For what only kernels call: without the wrappers for Python it compiles a fifth sooner."""

allocating = nb.njit(cache=True, nogil=True)
"""For what makes arrays of its own."""

inner = nb.njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For what only kernels call: without the wrappers for Python it compiles a fifth sooner."""

written_in = nb.njit(inline="always")
"""For what is written into each kernel that calls it, as if it stood there."""
