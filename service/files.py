"""Where a programme finds the files that it names: beside it, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from service.faults import Fault, InputError


class Files(Protocol):
    """Where a programme finds the files that it names."""

    def read(self, name: str) -> bytes:
        """The bytes of a file; raises InputError where there is none."""


@dataclass(frozen=True, slots=True)
class FilesBeside:
    """Files in the folder of the programme."""

    folder: Path

    def read(self, name: str) -> bytes:
        """The bytes of a file; raises InputError where there is none."""
        path = self.folder / name
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise InputError([Fault(code="no_such_file", file=name)]) from error
        except IsADirectoryError as error:
            raise InputError([Fault(code="not_a_file", file=name)]) from error
        except OSError as error:
            raise InputError([Fault(code="unreadable", file=name)]) from error


class NoFiles:
    """Nowhere: whoever asks over HTTP sends data instead of paths."""

    def read(self, name: str) -> bytes:
        """Always a fault."""
        raise InputError([Fault(code="path_over_http", found=name)])
