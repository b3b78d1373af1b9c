"""Gravity Forms: an entry whose keys are numbers of fields; nothing is signed; labels are not sent."""

import re
from collections.abc import Iterator, Mapping

from service.faults import InputError
from service.forms.body import content, parse_json
from service.forms.delivery import Delivery, Question, Received
from service.forms.scheme import SecretInAddress
from service.forms.shape import demanded, flat, joined, moment, seen_kind, table
from service.forms.tools.tool import Tool

_PART = re.compile(r"([0-9]+)\.[0-9]+")
_OF_THE_ENTRY = frozenset(
    {"id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read", "ip", "source_url"}
    | {"user_agent", "currency", "payment_status", "payment_date", "payment_amount", "payment_method"}
    | {"transaction_id", "transaction_type", "is_fulfilled", "created_by", "status", "source_id"}
)


def read(received: Received) -> Delivery:
    """An entry, of all fields or of those that the form's owner chose and named."""
    entry = table(content(received))
    demanded(bool(entry))
    answered = {key: _list(value) for key, value in entry.items() if key not in _OF_THE_ENTRY}
    return Delivery(
        id=joined(_one(entry.get("id")), _one(entry.get("form_id")), _one(entry.get("date_updated"))),
        at=moment(_one(entry.get("date_created"))),
        questions=(
            *(question for key, value in answered.items() for question in flat(key, key, value)),
            *_wholes(answered),
        ),
        content=entry,
    )


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _list(value: object) -> object:
    """A field with several choices is sent as a text that is a JSON list."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return parse_json(value)
        except InputError:
            return value  # someone's own words in brackets
    return value


def _wholes(answered: Mapping[str, object]) -> Iterator[Question]:
    """A field of several inputs as a whole: the ticked boxes 5.1 and 5.2 are the answers to 5."""
    wholes: dict[str, list[str]] = {}
    for key, value in answered.items():
        match = _PART.fullmatch(key)
        if match and match[1] not in answered:
            found = wholes.setdefault(match[1], [])
            found.extend(answer for question in flat(key, key, value) for answer in question.answers)
    for key, answers in wholes.items():
        yield Question(key, key, seen_kind(tuple(answers)), tuple(answers))


GRAVITY_FORMS = Tool("gravity_forms", SecretInAddress(), read)
