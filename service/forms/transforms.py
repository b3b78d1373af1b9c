"""What may be done to answers on their way to a column. Spaces are tidied in any case."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from service.candidates import parse_number, same_value_key
from service.intake.candidates import NO

YES = frozenset({"ja", "oui", "yes", "true", "waar", "vrai", "wahr", "1", "j", "o", "y", "on", "x"}) | frozenset(
    {"akkoord", "accepted", "accepté", "accept", "agree", "einverstanden", "checked"}
)
NOT = NO | {"n", "off", "niet akkoord", "dismissed", "unchecked"}

_POSTCODE = re.compile(r"(?:BE?[\s-]*)?([1-9][0-9]{3})(?:\s+[^\W\d_]{3}.*)?", re.IGNORECASE)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")


class NotFittingError(ValueError):
    """An answer that a transform cannot read; `code` is that of the fault."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def lower(answer: str) -> str:
    """In lower case."""
    return answer.lower()


def number(answer: str) -> str:
    """A number such as 12, 3.5 or 3,5."""
    if parse_number(answer) is None:
        raise NotFittingError("not_a_number")
    return answer.strip()


def yes_no(answer: str) -> str:
    """yes or no, from the words for them in four languages and from what ticked boxes send.

    "Ja, ik doe mee" counts by its first word.
    """
    key = same_value_key(same_value_key(answer).partition(",")[0]).rstrip(".!")
    if key in YES:
        return "yes"
    if key in NOT:
        return "no"
    raise NotFittingError("form_not_yes_no")


def postcode(answer: str) -> str:
    """The four digits of a Belgian postcode, from 9000, B-9000 or 9000 Gent."""
    match = _POSTCODE.fullmatch(answer.strip())
    if match is None:
        raise NotFittingError("form_not_postcode")
    return match[1]


def iso_date(answer: str) -> str:
    """A date as 2027-01-12, from that, from a moment, or from 12/1/2027 with the day first."""
    text = answer.strip()
    match = _DAY_FIRST.fullmatch(text)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError as error:
        raise NotFittingError("form_not_date") from error


ONE_BY_ONE: Mapping[str, Callable[[str], str]] = {
    "lower": lower,
    "number": number,
    "yes_no": yes_no,
    "postcode": postcode,
    "date": iso_date,
}
"""Transforms of each answer by itself."""

OF_ALL = ("split", "first", "join")
"""Transforms of the answers together: split at a separator, the first only, all in one text."""

TRANSFORMS = (*OF_ALL, *ONE_BY_ONE)


def transformed(answers: tuple[str, ...], name: str, separator: str | None) -> tuple[str, ...]:
    """The answers after one transform; raises NotFittingError where one of them cannot be read."""
    match name:
        case "split":
            return tuple(part for answer in answers for part in answer.split(separator) if part.strip())
        case "first":
            return answers[:1]
        case "join":
            joined = (" " if separator is None else separator).join(answers)
            return (joined,) if joined else ()
        case _:
            return tuple(map(ONE_BY_ONE[name], answers))
