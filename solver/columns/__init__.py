"""Column generation: networks as sets of members, priced exactly, for bounds that a relaxation cannot reach.

The master program chooses sets of members, one for each network, so that everybody is in one or waits (Dantzig and
Wolfe 1960, "Decomposition principle for linear programs"). Its duals say what each person is worth; for these, CP-SAT
finds the set that is cheapest with every rule, or proves how cheap it can be at most. At any duals whatever,

    sum of duals + (number of networks) x (least price of a set less the duals of its members)

is a lower limit (Lasdon 1970, "Optimization theory for large systems"), so no convergence is needed, and no bound comes
from a floating-point program: duals are rounded, and everything proven is added up in whole numbers. Duals start at
those of the relaxation and stay in a box around the best so far (Marsten, Hogan and Blankenship 1975, "The boxstep
method for large-scale optimization").

Roundings make the mixture keep to whole numbers of networks for every kind of people, as far as inequalities can.

Where the bound is close to the answer, every set that a better answer could use is listed - those whose price less
duals is within the gap - and an exact cover of all people by listed sets is sought: where there is none, the answer is
proven (Baldacci, Christofides and Mingozzi 2008 do so for vehicle routing, "An exact algorithm for the vehicle routing
problem based on the set partitioning formulation with additional cuts").
"""

from solver.columns.generate import Columns, applies, places
from solver.columns.sets import Duals

__all__ = ["Columns", "Duals", "applies", "places"]
