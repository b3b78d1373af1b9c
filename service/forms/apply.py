"""Applies a mapping to a delivery: a row for a candidate, or every reason why someone has to look at it first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from service.candidates import NUMBER_COLUMNS, UNSPLIT_COLUMNS, parse_number, same_value_key, tidy
from service.faults import Fault, InputError, nearest
from service.forms.delivery import Delivery, Question, Received
from service.forms.mapping import By, Column, FormMapping, Otherwise, tells_who
from service.forms.shape import text
from service.forms.tools import Tool
from service.forms.transforms import NotFittingError, transformed
from service.intake.candidates import NO
from service.intake.cells import has_control_character
from service.intake.guard import MAX_CELL_CHARACTERS
from service.intake.suggest import Suggestions

MOST_QUESTIONS = 2000  # of one form; the longest ask a few hundred

Row = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A candidate as a delivery states it: tidied values by column, a column without an answer absent."""

    row: Row

    @property
    def refused(self) -> bool:
        """Whether the person says no to taking part in this; then nothing of the row may be stored."""
        return any(same_value_key(value) in NO for value in self.row.get("consent", ()))


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that waits for someone, and why; there is at least one reason."""

    reasons: tuple[Fault, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("nothing is held without a reason")
        # A stranger's NUL or half a surrogate pair would break the store and the screen that tell of it.
        told = tuple(
            replace(fault, found=_visible(fault.found), nearest=_visible(fault.nearest)) for fault in self.reasons
        )
        object.__setattr__(self, "reasons", told)


def _visible(text: str | None) -> str | None:
    """A text whose control characters are spelled out."""
    return repr(text)[1:-1] if text is not None and has_control_character(text) else text


def outcome(tool: Tool, mapping: FormMapping, received: Received) -> Mapped | Held:
    """What becomes of a body; one that is not what the tool sends is held as well."""
    try:
        delivery = tool.read(received)
    except InputError as error:
        return Held(error.faults)
    return apply(mapping, delivery)


def apply(mapping: FormMapping, delivery: Delivery) -> Mapped | Held:
    """The row that a delivery gives. Whatever cannot be mapped holds all of it: half a candidate helps no one.

    Only who says no to taking part is not held, whatever else is wrong: nothing of them should lie waiting.
    """
    if len(delivery.questions) > MOST_QUESTIONS:
        return Held((Fault(code="form_too_long", params={"limit": MOST_QUESTIONS}),))
    row: dict[str, tuple[str, ...]] = {}
    reasons = [] if delivery.finished else [Fault(code="form_unfinished")]
    for column in mapping.columns:
        try:
            values = _values(column, delivery)
        except InputError as error:
            reasons.extend(error.faults)
            continue
        if values:
            row[column.name] = values
        elif column.required:
            reasons.append(Fault(code="form_no_answer", column=column.name))
    if delivery.finished and (mapped := Mapped(row)).refused:
        return mapped
    if not reasons and not tells_who(row):
        reasons.append(Fault(code="no_way_to_id"))
    return Held(tuple(reasons)) if reasons else Mapped(row)


def _values(column: Column, delivery: Delivery) -> tuple[str, ...]:
    answers = _ANSWERS[column.by](column, delivery)
    answers = tuple(tidied for answer in answers if (tidied := tidy(answer)))
    for name in column.transforms:
        try:
            answers = transformed(answers, name, column.separator)
        except NotFittingError as error:
            raise _faulty(column, error.code, " | ".join(answers)) from error
    values = _distinct(tidied for answer in _translated(column, answers) if (tidied := tidy(answer)))
    faults = list(_cell_faults(column, values))
    if faults:
        raise InputError(faults)
    return values


def _at_pointer(column: Column, delivery: Delivery) -> tuple[str, ...]:
    """Text, or a list of texts, at a JSON pointer; what is not there is no answer."""
    value = delivery.content
    for step in column.source.split("/")[1:]:
        value = _inside(value, step.replace("~1", "/").replace("~0", "~"))
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, list | dict) for item in items):
        raise _faulty(column, "json_value", column.source)
    return tuple(found for item in items if (found := text(item)) is not None)


def _inside(value: object, step: str) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(value):
        return value[int(step)]
    return None


def _by_key(column: Column, delivery: Delivery) -> tuple[str, ...]:
    found = [question for question in delivery.questions if question.key == column.source]
    return _answers(column, delivery, found, [question.key for question in delivery.questions])


def _by_label(column: Column, delivery: Delivery) -> tuple[str, ...]:
    wanted = same_value_key(column.source)
    found = [question for question in delivery.questions if same_value_key(question.label) == wanted]
    return _answers(column, delivery, found, [question.label for question in delivery.questions])


def _answers(column: Column, delivery: Delivery, found: list[Question], known: list[str]) -> tuple[str, ...]:
    """The answers to the one question that is meant: of several with one label, the one that was answered."""
    if not found and delivery.names_all and not column.source.startswith(delivery.sometimes):
        near = nearest(column.source[:200], known)
        raise InputError([Fault(code="form_no_question", column=column.name, found=column.source, nearest=near)])
    answered = [question for question in found if question.answers or question.unexplained]
    if len(answered) > 1:
        raise _faulty(column, "form_two_questions", column.source)
    unexplained = [chosen for question in answered for chosen in question.unexplained]
    if unexplained:
        raise _faulty(column, "form_unknown_option", ", ".join(unexplained))
    return answered[0].answers if answered else ()


_ANSWERS: Mapping[By, Callable[[Column, Delivery], tuple[str, ...]]] = {
    By.POINTER: _at_pointer,
    By.KEY: _by_key,
    By.LABEL: _by_label,
}


def _translated(column: Column, answers: tuple[str, ...]) -> tuple[str, ...]:
    """The answers in the words of the vocabulary."""
    if not column.vocabulary:
        return answers
    meanings = {same_value_key(answer): value for answer, value in column.vocabulary.items()}
    missed = [answer for answer in answers if same_value_key(answer) not in meanings]
    if missed and column.otherwise is Otherwise.HOLD:
        raise InputError(_missed(column, missed))
    return tuple(meanings.get(same_value_key(answer), answer) for answer in answers)


def _missed(column: Column, answers: list[str]) -> Iterator[Fault]:
    known = tuple(column.vocabulary)
    suggestions = Suggestions()
    for answer in answers:
        near = suggestions.nearest(answer, known)
        yield Fault(code="not_in_vocabulary", column=column.name, found=answer, known=known, nearest=near)


def _distinct(values: Iterator[str]) -> tuple[str, ...]:
    """Each value once, as first written."""
    first: dict[str, str] = {}
    for value in values:
        first.setdefault(same_value_key(value), value)
    return tuple(first.values())


def _cell_faults(column: Column, values: tuple[str, ...]) -> Iterator[Fault]:
    """What would be wrong with the same values in a file."""
    shown = " | ".join(values)
    if len(values) > 1 and column.name in UNSPLIT_COLUMNS | NUMBER_COLUMNS:
        yield Fault(code="one_value", column=column.name, found=shown)
    elif column.name in NUMBER_COLUMNS and values and parse_number(values[0]) is None:
        yield Fault(code="not_a_number", column=column.name, found=shown)
    elif column.name == "email" and values and "@" not in values[0]:
        yield Fault(code="no_at", column=column.name, found=shown)
    if any(map(has_control_character, values)):
        yield Fault(code="control_character", column=column.name, found=shown)
    if len(shown) > MAX_CELL_CHARACTERS:
        yield Fault(code="cell_too_long", column=column.name, params={"characters": MAX_CELL_CHARACTERS})


def _faulty(column: Column, code: str, found: str) -> InputError:
    return InputError([Fault(code=code, column=column.name, found=found)])
