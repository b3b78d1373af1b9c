"""The inner loops of the rotation search, compiled.

Those that improve a plan anneal (Kirkpatrick, Gelatt and Vecchi 1983) over one move, two people of one meeting changing
seats, and keep every count incrementally. A call runs a chunk of iterations at one temperature, so that the caller can
look at the clock in between; all state lives in the arrays it is given, that of the random numbers too, so a chunk
repeats exactly.
"""

from solver.rotation.kernels.chance import Floats
from solver.rotation.kernels.counting import Counts, weigh_counts
from solver.rotation.kernels.rounds import differ, fill_round, seat_guests
from solver.rotation.kernels.seating import BALANCE, BROKEN, REST, Seating
from solver.rotation.kernels.spreading import spread
from solver.rotation.kernels.weighing import ALIKE, CASES, FIRST, LAST, ROW, SIZES, Tally, Terms, weigh

__all__ = [
    "ALIKE", "BALANCE", "BROKEN", "CASES", "FIRST", "LAST", "REST", "ROW", "SIZES", "Counts", "Floats", "Seating",
    "Tally", "Terms", "differ", "fill_round", "seat_guests", "spread", "weigh", "weigh_counts",
]  # fmt: skip
