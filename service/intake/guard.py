"""What Kring is willing to read, and how it refuses the rest before it costs anything.

A refusal takes at most two seconds and 300 MB, whatever the file. Sizes are judged from what a file declares; what a
file does not declare truly is judged by the limits of the process that reads it (`sheet_process.py`).
"""

import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from service.faults import Fault, InputError

MAX_FILE_BYTES = 50_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELL_CHARACTERS = 100_000
MAX_ROW_CHARACTERS = 1_000_000
MAX_CELLS = 5_000_000

MAX_UNZIPPED_BYTES = 50_000_000
MAX_ZIP_RATIO = 100
SMALL_UNZIPPED_BYTES = 5_000_000  # below this, no ratio is worth a refusal: empty formatted rows compress very well
MAX_ZIP_MEMBERS = 200
MAX_ZIP_DIRECTORY_BYTES = 200_000

_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_ZIP_COMMENT_BYTES = 65_535


def read_bytes(path: Path) -> bytes:
    """The content of a file, unless it is missing, no plain file, unreadable or too big."""
    name = path.name or str(path)
    if not path.exists():
        raise InputError([Fault(code="no_such_file", file=name)])
    if not path.is_file():  # a folder; or a pipe or a device, which might never end
        raise InputError([Fault(code="not_a_file", file=name)])
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError([Fault(code="unreadable", file=name)]) from error
    check_size(name, data)
    return data


def check_size(name: str, data: bytes) -> None:
    """Refuses content that is bigger than any list of candidates."""
    if len(data) > MAX_FILE_BYTES:
        raise InputError([Fault(code="too_big", file=name, params={"megabytes": MAX_FILE_BYTES // 1_000_000})])


@dataclass(frozen=True, slots=True)
class Archive:
    """What a zip archive says it holds."""

    members: frozenset[str]
    unzipped_bytes: int


def check_zip(name: str, data: bytes) -> Archive:
    """The content of a zip archive, once it is sure that unpacking it is harmless."""
    broken = InputError([Fault(code="broken_file", file=name)])
    if _directory_bytes(data) is None:
        raise broken
    too_much = InputError([Fault(code="expands_too_much", file=name)])
    if (_directory_bytes(data) or 0) > MAX_ZIP_DIRECTORY_BYTES:
        raise too_much
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise broken from error
    unzipped = sum(member.file_size for member in members)
    zipped = max(1, sum(member.compress_size for member in members))
    if (
        len(members) > MAX_ZIP_MEMBERS
        or unzipped > MAX_UNZIPPED_BYTES
        or (unzipped > SMALL_UNZIPPED_BYTES and unzipped > MAX_ZIP_RATIO * zipped)
    ):
        raise too_much
    return Archive(frozenset(member.filename for member in members), unzipped)


def _directory_bytes(data: bytes) -> int | None:
    """How long the archive says its directory is; None where it has no end record, as in a file cut short.

    Read by hand because `zipfile` builds an object per entry before it tells how many there are.
    """
    at = data.rfind(_ZIP_END, max(0, len(data) - _ZIP_END_BYTES - _ZIP_COMMENT_BYTES))
    if at < 0 or len(data) < at + _ZIP_END_BYTES:
        return None
    return int(struct.unpack_from("<I", data, at + 12)[0])
