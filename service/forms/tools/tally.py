"""Tally: signs the body; a chosen option is an id that the same question explains."""

from collections.abc import Iterator, Mapping

from service.forms.body import parse_json
from service.forms.delivery import Delivery, Kind, Question, Received
from service.forms.scheme import SignedBody
from service.forms.shape import demanded, joined, moment, table, tables, text, texts
from service.forms.tools.tool import Tool

_KINDS = {
    "INPUT_EMAIL": Kind.EMAIL,
    "INPUT_PHONE_NUMBER": Kind.PHONE,
    "INPUT_NUMBER": Kind.NUMBER,
    "LINEAR_SCALE": Kind.NUMBER,
    "RATING": Kind.NUMBER,
    "INPUT_DATE": Kind.DATE,
    "MULTIPLE_CHOICE": Kind.CHOICE,
    "CHECKBOXES": Kind.CHOICE,
    "DROPDOWN": Kind.CHOICE,
    "MULTI_SELECT": Kind.CHOICE,
    "RANKING": Kind.CHOICE,
    "FILE_UPLOAD": Kind.FILE,
    "SIGNATURE": Kind.FILE,
    "HIDDEN_FIELDS": Kind.HIDDEN,
    "CALCULATED_FIELDS": Kind.HIDDEN,
}


def read(received: Received) -> Delivery:
    """A `FORM_RESPONSE` event."""
    content = table(parse_json(received.body))
    data = table(content.get("data"))
    demanded(isinstance(data.get("fields"), list))
    return Delivery(
        id=text(content.get("eventId")) or joined(data.get("formId"), data.get("responseId")),
        at=moment(data.get("createdAt")) or moment(content.get("createdAt")),
        questions=tuple(question for field in tables(data.get("fields")) for question in _questions(field)),
        content=content,
        form=text(data.get("formName")),
    )


def _questions(field: Mapping[str, object]) -> Iterator[Question]:
    key = text(field.get("key")) or ""
    label = text(field.get("label")) or key
    value = field.get("value")
    kind = _KINDS.get(text(field.get("type")) or "", Kind.TEXT)
    if isinstance(field.get("rows"), list) and isinstance(value, dict):
        yield from _matrix(field, key, label)
    elif isinstance(field.get("options"), list):
        yield _chosen(Question(key, label, kind), value, _meanings(field.get("options")))
    elif isinstance(value, bool) and kind is Kind.CHOICE:
        # Besides a question with checkboxes, each of its boxes comes as a field of its own.
        yield Question(key, label, Kind.YES_NO, texts(value))
    elif kind is Kind.FILE and isinstance(value, list):
        yield Question(key, label, kind, tuple(name for file in tables(value) for name in texts(file.get("url"))))
    else:
        yield Question(key, label, kind, texts(value))


def _matrix(field: Mapping[str, object], key: str, label: str) -> Iterator[Question]:
    """A question for each row of a matrix."""
    meanings = _meanings(field.get("columns"))
    rows = _meanings(field.get("rows"))
    for row, chosen in table(field.get("value")).items():
        yield _chosen(Question(f"{key}.{row}", f"{label} {rows.get(row, row)}", Kind.CHOICE), chosen, meanings)


def _meanings(options: object) -> Mapping[str, str]:
    return {found: text(option.get("text")) or "" for option in tables(options) if (found := text(option.get("id")))}


def _chosen(question: Question, value: object, meanings: Mapping[str, str]) -> Question:
    ids = texts(value)
    answers = tuple(meanings[chosen] for chosen in ids if meanings.get(chosen))
    unexplained = tuple(chosen for chosen in ids if not meanings.get(chosen))
    return Question(question.key, question.label, question.kind, answers, unexplained)


TALLY = Tool("tally", SignedBody("tally-signature"), read)
