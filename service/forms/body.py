"""Reads a raw body: JSON, form-encoded or multipart."""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from service.faults import Fault, InputError
from service.forms.delivery import Received

MOST_FIELDS = 2000  # fields of one body; the longest forms ask a few hundred questions
DEEPEST = 60  # lists and objects inside each other

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)
_NAME = re.compile(r'(?:^|[;\s])name="([^"]*)"', re.IGNORECASE)
_FILE_NAME = re.compile(r'(?:^|[;\s])filename="([^"]*)"', re.IGNORECASE)
_ESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}  # how a browser writes these in a name

Fields = Mapping[str, tuple[str, ...]]


class _RepeatedKeyError(ValueError):
    """An object that has a key twice, of which the parser would silently keep the last."""


def content(received: Received) -> object:
    """What a body says: JSON as it is, fields of a form as an object of lists of text.

    What the body looks like counts where the sender's content type says nothing useful: scripts and plugins send JSON
    as text.
    """
    start = received.body.lstrip()[:1]
    kind = received.content_type.lower()
    if "json" in kind or start in {b"{", b"["} or received.body.startswith(b"\xef\xbb\xbf{"):
        return parse_json(received.body)
    return {name: list(values) for name, values in fields(received).items()}


def fields(received: Received) -> Fields:
    """The fields of a form-encoded or multipart body; `name[]`, as PHP and Rails repeat a name, is `name`."""
    if "multipart/" in received.content_type.lower() or received.body.startswith(b"--"):
        pairs = _multipart(received)
    else:
        pairs = _form_encoded(received.body)
    gathered: dict[str, list[str]] = {}
    for name, value in pairs:
        gathered.setdefault(name.removesuffix("[]"), []).append(value)
    if not any(gathered):
        raise InputError([Fault(code="form_body")])
    return {name: tuple(values) for name, values in gathered.items()}


def parse_json(data: bytes | str) -> object:
    """The value that a JSON text stands for; an object with a key twice, NaN and nesting without end are faults."""
    text = data if isinstance(data, str) else _utf8(data)
    try:
        value: object = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        params = {"line": error.lineno, "position": error.colno}
        raise InputError([Fault(code="json_syntax", params=params)]) from error
    except _RepeatedKeyError as error:
        raise InputError([Fault(code="json_repeated_key", found=str(error))]) from error
    except (ValueError, RecursionError) as error:  # NaN, a number of thousands of digits, brackets without end
        raise InputError([Fault(code="form_body")]) from error
    if _depth(value) > DEEPEST:
        raise InputError([Fault(code="form_body")])
    return value


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Fault(code="encoding")]) from error


def _text(data: bytes) -> str:
    """UTF-8, else what old Windows programs send."""
    for encoding in ("utf-8", "windows-1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError([Fault(code="encoding")])


def _form_encoded(body: bytes) -> list[tuple[str, str]]:
    """Pairs of a body whose encoding is only known afterwards; each byte is a letter of Latin-1 on the way."""
    way = "latin-1"
    try:
        pairs = parse_qsl(
            body.decode(way), keep_blank_values=True, strict_parsing=True, encoding=way, max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise InputError([Fault(code="form_body")]) from error
    return [(_text(name.encode(way)), _text(value.encode(way))) for name, value in pairs]


def _multipart(received: Received) -> list[tuple[str, str]]:
    """Name and value of each part, of an uploaded file its name.

    Read by hand: the parser of the standard library follows multiparts inside multiparts as deep as a sender likes.
    """
    delimiter = b"\r\n--" + _boundary(received)
    parts = (b"\r\n" + received.body).split(delimiter, MOST_FIELDS + 2)
    if len(parts) > MOST_FIELDS + 2 or not parts[-1].startswith(b"--"):
        raise InputError([Fault(code="form_body")])  # too many parts, or cut off before its end
    return [_part(part) for part in parts[1:-1]]


def _boundary(received: Received) -> bytes:
    match = _BOUNDARY.search(received.content_type)
    if match:
        return (match[1] or match[2]).encode()
    first, _, _ = received.body.partition(b"\r\n")
    if not first.startswith(b"--") or not 2 < len(first) < 200:
        raise InputError([Fault(code="form_body")])
    return first[2:]


def _part(part: bytes) -> tuple[str, str]:
    head, separator, value = part.partition(b"\r\n\r\n")
    disposition = next(
        (line for line in _text(head).split("\r\n") if line.lower().startswith("content-disposition:")), ""
    )
    name = _NAME.search(disposition)
    if not separator or not name:
        raise InputError([Fault(code="form_body")])
    file_name = _FILE_NAME.search(disposition)
    return _unescaped(name[1]), _unescaped(file_name[1]) if file_name else _text(value)


def _unescaped(name: str) -> str:
    for escaped, character in _ESCAPED.items():
        name = name.replace(escaped, character)
    return name


def _depth(value: object) -> int:
    """How deep a value goes, without recursion, because the parser takes deeper than Python walks back."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(next(key for key in keys if keys.count(key) > 1))
    return record


def _no_constant(constant: str) -> object:
    raise ValueError(constant)
