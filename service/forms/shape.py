"""Takes apart parsed JSON of which only some is known: what is not there is None, what is no text becomes text."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from service.faults import Fault, InputError
from service.forms.delivery import Kind, Question

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")


def table(value: object) -> Mapping[str, object]:
    """An object, empty where the value is none."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> Iterator[Mapping[str, object]]:
    """The objects in a list."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def demanded(condition: bool) -> None:
    """Raises where a body is not what its tool sends."""
    if not condition:
        raise InputError([Fault(code="form_body")])


def text(value: object) -> str | None:
    """A text, number or boolean as text; None for anything else and for empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def texts(value: object) -> tuple[str, ...]:
    """All texts in a value, lists and objects inside it included, in their order."""
    if isinstance(value, dict):
        return tuple(found for inner in value.values() for found in texts(inner))
    if isinstance(value, list):
        return tuple(found for inner in value for found in texts(inner))
    found = text(value)
    return () if found is None else (found,)


def moment(value: object) -> datetime | None:
    """A time in ISO 8601, or as databases write it; without an offset it counts as UTC. None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def joined(*parts: object) -> str | None:
    """An id made of parts, None where the first is missing."""
    known = [text(part) for part in parts]
    return None if known[0] is None else ":".join(part for part in known if part is not None)


def spelled(name: str) -> str:
    """A name that programmers gave, as words: studentsName is "students name"."""
    return " ".join(_CAMEL.sub(" ", name).split()).lower()


def seen_kind(answers: tuple[str, ...]) -> Kind:
    """The kind of a question whose tool does not say it: an e-mail address shows."""
    return Kind.EMAIL if answers and all(_EMAIL.fullmatch(answer.strip()) for answer in answers) else Kind.TEXT


def flat(key: str, label: str, value: object) -> Iterator[Question]:
    """The questions in a value: one for text or a list of texts, one for each key of an object."""
    if isinstance(value, dict):
        for part, inner in value.items():
            yield from flat(f"{key}.{part}", f"{label} {part}", inner)
        return
    answers = texts(value)
    yield Question(key, label, seen_kind(answers), answers)
