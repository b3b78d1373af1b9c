"""How terms are priced: one file a term, each with its kernel and its CP-SAT encoding."""
