"""Jotform: a multipart body of which `rawRequest` is JSON. Nothing is signed; labels are not sent.

The field `pretty` does not escape its own separators, so it cannot be read back.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from service.forms.body import fields, parse_json
from service.forms.delivery import Delivery, Kind, Question, Received
from service.forms.scheme import SecretInAddress
from service.forms.shape import demanded, flat, spelled, table, text, texts
from service.forms.tools.tool import Tool

_QUESTION = re.compile(r"q[0-9]+_(.+)", re.DOTALL)
_DATE = frozenset({"day", "month", "year"})
_PARTS = {"first": "first name", "last": "last name", "city": "municipality", "postal": "postcode"}


def read(received: Received) -> Delivery:
    """A submission."""
    sent = fields(received)
    demanded("rawRequest" in sent)
    request = table(parse_json(sent["rawRequest"][0]))
    demanded(bool(request))
    return Delivery(
        id=_id(sent),
        at=None,
        questions=tuple(question for key, value in request.items() for question in _questions(key, value)),
        content={**{name: list(values) for name, values in sent.items()}, "rawRequest": request},
        form=next(iter(sent.get("formTitle", ())), None),
    )


def _id(sent: Mapping[str, tuple[str, ...]]) -> str | None:
    """A submission that its sender edited keeps its number, so what was answered is part of the id."""
    number = text(next(iter(sent.get("submissionID", ())), None))
    return None if number is None else f"{number}:{sha256(sent['rawRequest'][0].encode()).hexdigest()[:16]}"


def _questions(key: str, value: object) -> Iterator[Question]:
    match = _QUESTION.fullmatch(key)
    if match is None:
        return  # what Jotform says of the page, not of the person; a pointer still reaches it
    label = spelled(match[1])
    if isinstance(value, dict) and value.keys() >= _DATE:
        yield Question(key, label, Kind.DATE, _date(value))
    elif isinstance(value, dict):
        for part, inner in value.items():
            yield from flat(f"{key}.{part}", _PARTS.get(part, f"{label} {part}"), inner)
    else:
        yield from flat(key, label, value)


def _date(value: Mapping[str, object]) -> tuple[str, ...]:
    parts = [text(value[part]) for part in ("year", "month", "day")]
    filled = [part for part in parts if part is not None]
    return ("-".join(part.zfill(2) for part in filled),) if len(filled) == 3 else texts(filled)


JOTFORM = Tool("jotform", SecretInAddress(), read)
