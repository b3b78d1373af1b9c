"""Google Forms, which sends nothing by itself: what our script sends, or one of two other usual scripts."""

from collections.abc import Iterator, Mapping

from service.forms.body import parse_json
from service.forms.delivery import Delivery, Kind, Question, Received
from service.forms.scheme import SecretInAddress
from service.forms.shape import demanded, joined, moment, seen_kind, table, tables, text, texts
from service.forms.tools.tool import Tool

_KINDS = {
    "MULTIPLE_CHOICE": Kind.CHOICE,
    "CHECKBOX": Kind.CHOICE,
    "LIST": Kind.CHOICE,
    "GRID": Kind.CHOICE,
    "CHECKBOX_GRID": Kind.CHOICE,
    "SCALE": Kind.NUMBER,
    "RATING": Kind.NUMBER,
    "DATE": Kind.DATE,
    "DATETIME": Kind.DATE,
    "FILE_UPLOAD": Kind.FILE,
}


def read(received: Received) -> Delivery:
    """A response, in whichever of the three shapes."""
    content = table(parse_json(received.body))
    if isinstance(content.get("namedValues"), dict):
        return _of_sheet(content)
    if isinstance(content.get("form_response"), dict):
        return _of_event(content)
    demanded(isinstance(content.get("answers"), list))
    return Delivery(
        id=joined(content.get("id"), content.get("submitted_at")),  # an edited response keeps its id
        at=moment(content.get("submitted_at")),
        questions=(*_respondent(content), *(_question(each, each) for each in tables(content.get("answers")))),
        content=content,
        form=text(content.get("form")),
        names_all=True,  # the script in docs/google-forms-script.md names the questions left open as well
        sometimes=("respondent_email",),
    )


def _of_event(content: Mapping[str, object]) -> Delivery:
    response = table(content.get("form_response"))
    answers = list(tables(response.get("answers")))
    definition = table(response.get("definition"))
    answered = {text(table(answer.get("field")).get("id")) for answer in answers}
    open_ones = [field for field in tables(definition.get("fields")) if text(field.get("id")) not in answered]
    return Delivery(
        id=text(content.get("event_id")),
        at=moment(response.get("submitted_at")),
        questions=(
            *_respondent(response),
            *(_question(table(answer.get("field")), answer) for answer in answers),
            *(_question(field, {}) for field in open_ones),
        ),
        content=content,
        form=text(definition.get("title")),
    )


def _of_sheet(content: Mapping[str, object]) -> Delivery:
    """The event of a sheet that gathers the responses: answers by label, with no id."""
    named = table(content.get("namedValues"))
    questions = tuple(
        Question(label, label, seen_kind(answers), answers)
        for label, value in named.items()
        for answers in [texts(value)]
    )
    return Delivery(id=None, at=None, questions=questions, content=content)


def _respondent(response: Mapping[str, object]) -> Iterator[Question]:
    """The address with which someone is signed in, where the form collects it."""
    email = texts(response.get("email"))
    if email:
        yield Question("respondent_email", "email", Kind.EMAIL, email)


def _question(field: Mapping[str, object], answer: Mapping[str, object]) -> Question:
    key = text(field.get("key")) or text(field.get("id")) or ""
    label = text(field.get("label")) or text(field.get("title")) or key
    answers = texts(answer["answers"] if "answers" in answer else answer.get("response"))
    stated = text(field.get("kind")) or text(field.get("type")) or ""
    return Question(key, label, _KINDS.get(stated, seen_kind(answers)), answers)


GOOGLE_FORMS = Tool("google_forms", SecretInAddress(), read)
