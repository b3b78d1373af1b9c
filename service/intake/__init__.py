"""Reads candidates from the files that organisers really have."""

from service.intake.candidates import read_candidates
from service.intake.tables import Objects, RawTable, Source, read_table

__all__ = ["Objects", "RawTable", "Source", "read_candidates", "read_table"]
