"""What must never happen."""


class SolverBugError(Exception):
    """The search and the recount disagree: our fault, and a reason to stop everything."""
