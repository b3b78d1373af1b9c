"""Helpers of the intake tests: read with nothing asked for, and list the faults."""

from collections.abc import Collection, Mapping, Sequence

from service.candidates import CandidateList
from service.faults import Fault, InputError
from service.intake import Source, read_candidates


def read(
    *sources: Source,
    vocabularies: Mapping[str, Sequence[str]] | None = None,
    used: Collection[str] = (),
    keep: Collection[str] = (),
    networks: Collection[str] | None = None,
    skip: bool = False,
) -> CandidateList:
    return read_candidates(
        sources,
        vocabularies=vocabularies or {},
        used_columns=used,
        keep=keep,
        network_names=networks,
        skip_bad_rows=skip,
    )


def faults(*sources: Source, **asked: object) -> tuple[Fault, ...]:
    """The faults of files that cannot be read as candidates."""
    try:
        read(*sources, **asked)  # type: ignore[arg-type]
    except InputError as error:
        return error.faults
    raise AssertionError("no fault was found")


def csv(text: str, name: str = "candidates.csv") -> tuple[str, bytes]:
    return name, text.encode("utf-8")
