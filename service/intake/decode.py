"""From bytes to text: the ladder of encodings that spreadsheets really write."""

import codecs
import io
from typing import TextIO

from service.faults import Fault, InputError

_CHUNK = 1_000_000
_SAMPLE = 4_096


def open_text(name: str, data: bytes) -> TextIO:
    """The text of a file as a stream that keeps its line ends."""
    encoding = encoding_of(data)
    if encoding is None:
        raise InputError([Fault(code="encoding", file=name)])
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")


def encoding_of(data: bytes) -> str | None:
    """A byte order mark, else strict UTF-8, else UTF-16 by its pattern of NULs, else Windows-1252, else None.

    NULs are looked at before UTF-8 because UTF-16 without a mark is valid UTF-8 as long as it is plain ASCII.
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig" if _decodes(data, "utf-8-sig") else None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _decodes(data, "utf-16") else None
    by_nul = _utf16_without_mark(data)
    return next((name for name in (*by_nul, "utf-8", "cp1252") if _decodes(data, name)), None)


def _utf16_without_mark(data: bytes) -> tuple[str, ...]:
    sample = data[:_SAMPLE]
    first, second = sample[0::2], sample[1::2]
    if second.count(0) * 2 > len(second) and first.count(0) * 10 < len(first):
        return ("utf-16-le",)
    if first.count(0) * 2 > len(first) and second.count(0) * 10 < len(second):
        return ("utf-16-be",)
    return ()


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether all of it is valid; a chunk at a time, since the whole text may be four times as big as the file."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
