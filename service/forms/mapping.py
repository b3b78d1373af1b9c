"""How the answers of a form become the columns of a candidate: data with a version, made by an organiser.

{"version": 3, "columns": [
  {"column": "email", "key": "question_VY7Qaj"},
  {"column": "sector", "label": "In welke sector werkt u?", "transform": ["split", "lower"], "separator": ",",
   "vocabulary": {"zorg": "86", "onderwijs": "85"}, "otherwise": "hold"},
  {"column": "consent", "pointer": "/data/agree", "transform": ["yes_no"], "required": true}]}
"""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.candidates import canonical_column, header_key, tidy
from service.faults import Fault, InputError
from service.forms.transforms import TRANSFORMS
from service.intake.cells import has_control_character
from service.programme_schema import Checked, Flag, Form, Listed, Tables, Text, Whole, faults_of, one_of
from service.programme_schema import Table as Nested

MOST_COLUMNS = 500
LONGEST_HEADER = 200  # characters
IDENTIFYING = tuple(map(frozenset, ({"id"}, {"email"}, {"name"}, {"first_name", "last_name"})))
"""Columns that together tell who someone is. A first name alone would make one person of everyone called Jan."""


class By(Enum):
    """How a mapping finds the answers for a column."""

    POINTER = "pointer"  # a JSON pointer (RFC 6901) into the body
    KEY = "key"  # a question by its key, exactly
    LABEL = "label"  # a question by its label, as values compare


class Otherwise(Enum):
    """What becomes of an answer that the vocabulary does not have."""

    HOLD = "hold"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where one column of a candidate comes from. An empty vocabulary changes no answer."""

    name: str
    by: By
    source: str
    transforms: tuple[str, ...] = ()
    separator: str | None = None
    vocabulary: Table[str, str] = field(default_factory=dict)
    otherwise: Otherwise = Otherwise.HOLD
    required: bool = False


@dataclass(frozen=True, slots=True)
class FormMapping:
    """A version of a mapping; at least one column tells who someone is, and no column is there twice."""

    version: int
    columns: tuple[Column, ...]


def tells_who(columns: Collection[str]) -> bool:
    """Whether some columns together tell who someone is."""
    return any(enough.issubset(columns) for enough in IDENTIFYING)


def read_mapping(data: object, file: str | None = None) -> FormMapping:
    """The mapping that parsed JSON states; raises InputError with every fault of it."""
    stated: Any = data
    loaded, faults = faults_of(_MappingForm(), stated, file)
    if faults:
        raise InputError(faults)
    columns = tuple(map(_column, loaded["columns"]))
    faults = list(_repeated(columns, file))
    if not tells_who({column.name for column in columns}):
        faults.append(Fault(code="form_nobody_mapped", file=file, pointer="columns"))
    if faults:
        raise InputError(faults)
    return FormMapping(loaded["version"], columns)


def _is_header(text: str) -> None:
    if len(text) > LONGEST_HEADER or has_control_character(text):
        raise ValidationError("not_text")


def _is_pointer(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("/") and all(map(_is_step, value.split("/")))


def _is_step(step: str) -> bool:
    """A tilde stands for something only as ~0 and ~1."""
    return "~" not in step.replace("~0", "").replace("~1", "")


class _ColumnForm(Form):
    """One column of a mapping."""

    column = Text(required=True, validate=_is_header)
    pointer = Checked("not_pointer", _is_pointer)
    key = Text()
    label = Text()
    transform = Listed(one_of(*TRANSFORMS), validate=validate.Length(max=10, error="not_list"))
    separator = Checked("not_text", lambda value: isinstance(value, str) and 0 < len(value) <= 10)
    vocabulary = Tables(keys=fields.String(), values=Text())
    otherwise = one_of(*(each.value for each in Otherwise))
    required = Flag()

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def one_source(self, _data: Mapping[str, Any], original: Any, **_: Any) -> None:
        """Exactly one of the three ways to find answers; one that is stated wrongly is stated."""
        if not isinstance(original, dict):
            return  # that is a fault of its own
        ways = [by.value for by in By]
        stated = [way for way in ways if way in original]
        if len(stated) != 1:
            code = "conflicting_keys" if stated else "missing_one_of"
            raise ValidationError(f"{code} {'|'.join(stated or ways)}")

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def separator_to_split_at(self, data: Mapping[str, Any], original: Mapping[str, Any], **_: Any) -> None:
        """Splitting needs something to split at."""
        if "split" in data.get("transform", ()) and "separator" not in original:
            raise ValidationError("missing", "separator")


class _MappingForm(Form):
    """A mapping."""

    version = Whole(required=True)
    columns = Listed(
        Nested(_ColumnForm), required=True, validate=validate.Length(min=1, max=MOST_COLUMNS, error="not_list")
    )


def _column(stated: Mapping[str, Any]) -> Column:
    by = next(by for by in By if by.value in stated)
    return Column(
        name=canonical_column(stated["column"]) or tidy(stated["column"]),
        by=by,
        source=stated[by.value],
        transforms=tuple(stated.get("transform", ())),
        separator=stated.get("separator"),
        vocabulary=stated.get("vocabulary", {}),
        otherwise=Otherwise(stated.get("otherwise", "hold")),
        required=stated.get("required", False),
    )


def _repeated(columns: tuple[Column, ...], file: str | None) -> Iterator[Fault]:
    seen = set()
    for index, column in enumerate(columns):
        key = header_key(column.name)
        if key in seen:
            yield Fault(code="repeated_name", file=file, pointer=f"columns[{index}].column", found=column.name)
        seen.add(key)
