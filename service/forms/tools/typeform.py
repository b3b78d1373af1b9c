"""Typeform: signs the body; answers stand apart from the questions they belong to."""

from collections.abc import Iterator, Mapping

from service.forms.body import parse_json
from service.forms.delivery import Delivery, Kind, Question, Received
from service.forms.scheme import SignedBody
from service.forms.shape import demanded, joined, moment, table, tables, text, texts
from service.forms.tools.tool import Tool

_KINDS = {
    "email": Kind.EMAIL,
    "phone_number": Kind.PHONE,
    "number": Kind.NUMBER,
    "opinion_scale": Kind.NUMBER,
    "rating": Kind.NUMBER,
    "nps": Kind.NUMBER,
    "date": Kind.DATE,
    "multiple_choice": Kind.CHOICE,
    "picture_choice": Kind.CHOICE,
    "dropdown": Kind.CHOICE,
    "ranking": Kind.CHOICE,
    "yes_no": Kind.YES_NO,
    "legal": Kind.CONSENT,
    "file_upload": Kind.FILE,
}


def read(received: Received) -> Delivery:
    """A `form_response` event."""
    content = table(parse_json(received.body))
    response = table(content.get("form_response"))
    demanded(bool(response))
    definition = table(response.get("definition"))
    return Delivery(
        id=text(content.get("event_id")) or joined(response.get("form_id"), response.get("token")),
        at=moment(response.get("submitted_at")),
        questions=(*_questions(definition, response), *_hidden(response)),
        content=content,
        form=text(definition.get("title")),
        names_all="definition" in response,
        sometimes=("hidden.",),
    )


def _questions(definition: Mapping[str, object], response: Mapping[str, object]) -> Iterator[Question]:
    answers = {_field_id(answer): answer for answer in tables(response.get("answers"))}
    for field in _fields(definition):
        key = text(field.get("id")) or ""
        kind = _KINDS.get(text(field.get("type")) or "", Kind.TEXT)
        yield Question(key, text(field.get("title")) or key, kind, _answers(answers.pop(key, {})))
    for key, answer in answers.items():  # the definition was left out, or does not have it
        kind = _KINDS.get(text(table(answer.get("field")).get("type")) or "", Kind.TEXT)
        yield Question(key, key, kind, _answers(answer))


def _fields(definition: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The fields of a form, those inside groups among them."""
    for field in tables(definition.get("fields")):
        yield field
        yield from tables(table(field.get("properties")).get("fields"))


def _field_id(answer: Mapping[str, object]) -> str:
    return text(table(answer.get("field")).get("id")) or ""


def _answers(answer: Mapping[str, object]) -> tuple[str, ...]:
    """The value stands under a key named by the answer's type."""
    value = answer.get(text(answer.get("type")) or "")
    if not isinstance(value, dict):
        return texts(value)
    chosen = (*texts(value.get("label")), *texts(value.get("labels")))
    return (*chosen, *texts(value.get("other"))) or texts(value)


def _hidden(response: Mapping[str, object]) -> Iterator[Question]:
    for key, value in table(response.get("hidden")).items():
        yield Question(f"hidden.{key}", key, Kind.HIDDEN, texts(value))


TYPEFORM = Tool("typeform", SignedBody("typeform-signature", "sha256="), read)
