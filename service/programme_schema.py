"""The form of a programme, as marshmallow schemas: which keys there are and what each may hold.

Messages are codes; `faults_of` turns what marshmallow gathers into faults with a pointer and what was found. A rule's
keys come from the rule itself, so a new rule needs nothing here.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from service.faults import Fault, nearest
from service.words import LANGUAGES
from solver.rules import RULES, Rule, TrioRule
from solver.rules.base import Parameter

KINDS = ("peer", "internal", "domain", "practice")
MOST_WEIGHT = 1000


def coded(code: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    """The same code for whatever is wrong with a field."""
    keys = ("invalid", "type", "invalid_mapping_type", "invalid_utf8", "special", "too_large", "null")
    return {"required": "missing", **dict.fromkeys(keys, code)}


class Text(fields.String):
    """Text that is not empty, trimmed."""

    default_error_messages = coded("not_text")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            raise self.make_error("invalid")
        return text.strip()


class Whole(fields.Integer):
    """A whole number within limits; true and "3" are none."""

    default_error_messages = coded("not_whole_number")

    def __init__(self, least: int = 1, most: int = 1_000_000, **kwargs: Any) -> None:
        super().__init__(strict=True, metadata={"minimum": least, "maximum": most}, **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise ValidationError(f"out_of_range {self.least} {self.most}")
        return value


class Flag(fields.Boolean):
    """true or false, and no words for them."""

    default_error_messages = coded("not_flag")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Listed(fields.List[Any]):
    """A list."""

    default_error_messages = coded("not_list")


class Table(fields.Nested):
    """A table with a form of its own."""

    default_error_messages = coded("not_table")


class Tables(fields.Dict):
    """A table whose keys are the organiser's."""

    default_error_messages = coded("not_table")


class Checked(fields.Raw):
    """Anything that a function accepts; otherwise its code."""

    def __init__(self, code: str, accepts: Callable[[Any], bool], **kwargs: Any) -> None:
        super().__init__(error_messages=coded(code), **kwargs)
        self.code, self.accepts = code, accepts

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not self.accepts(value):
            raise ValidationError(self.code)
        return value


def one_of(*choices: str, **kwargs: Any) -> Text:
    """One of some words."""
    return Text(validate=validate.OneOf(choices, error="not_one_of " + "|".join(choices)), **kwargs)


def texts(**kwargs: Any) -> Listed:
    """A list of texts."""
    return Listed(Text(), **kwargs)


def is_share(value: Any) -> bool:
    """A share such as "40%", from 0% to 100%."""
    if not isinstance(value, str) or not value.strip().endswith("%"):
        return False
    digits = value.strip()[:-1].strip().replace(",", ".")
    return digits.replace(".", "", 1).isascii() and digits.replace(".", "", 1).isdigit() and float(digits) <= 100


def is_amount(value: Any) -> bool:
    """A whole number of people from 0, or a share."""
    return is_share(value) or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def is_number(value: Any) -> bool:
    """A number from 0, and a finite one."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def is_pairs(value: Any) -> bool:
    """Lists of two ids."""
    return isinstance(value, list) and all(_ids(pair) and len(pair) == 2 for pair in value)


def is_groups(value: Any) -> bool:
    """Lists of two ids or more."""
    return isinstance(value, list) and all(_ids(group) and len(group) > 1 for group in value)


def _ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)


def is_history(value: Any) -> bool:
    """Lists of ids who met, or names of earlier proposals, or proposals."""
    return isinstance(value, list) and all(_ids(each) or isinstance(each, str | dict) for each in value)


def is_dates(value: Any) -> bool:
    """A list of moments, or such a list for each slot."""
    if isinstance(value, dict):
        return all(isinstance(dates, list) and all(map(is_moment, dates)) for dates in value.values())
    return isinstance(value, list) and all(map(is_moment, value))


def is_moment(value: Any) -> bool:
    """A date and time without an offset, such as 2027-01-12T13:30; the programme's time zone applies."""
    if not isinstance(value, str):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is None and "T" in value
    except ValueError:
        return False


FIELDS: Mapping[Parameter, Callable[..., fields.Field[Any]]] = {
    Parameter.ATTRIBUTE: Text,
    Parameter.ATTRIBUTES: lambda **kw: Listed(Text(), validate=validate.Length(min=1, error="not_list"), **kw),
    Parameter.VALUE: lambda **kw: Checked("not_text", lambda v: isinstance(v, str | int | float), **kw),
    Parameter.AMOUNT: lambda **kw: Checked("not_amount", is_amount, **kw),
    Parameter.SHARE: lambda **kw: Checked("not_share", is_share, **kw),
    Parameter.COUNT: Whole,
    Parameter.KILOMETRES: lambda **kw: Checked("not_number", is_number, **kw),
    Parameter.FLAG: Flag,
    Parameter.TYPE: lambda **kw: one_of("category", "number", **kw),
    Parameter.PAIRS: lambda **kw: Checked("not_pairs", is_pairs, **kw),
    Parameter.GROUPS: lambda **kw: Checked("not_groups", is_groups, **kw),
    Parameter.MATRIX: lambda **kw: Checked("not_text", lambda v: isinstance(v, str | dict) and bool(v), **kw),
    Parameter.BASELINE: lambda **kw: Checked("not_text", lambda v: isinstance(v, str | dict) and bool(v), **kw),
    Parameter.HISTORY: lambda **kw: Checked("not_history", is_history, **kw),
}

FROM_COLUMNS = frozenset({Parameter.PAIRS, Parameter.GROUPS})
"""Parameters that a column of the candidates gives where the programme does not."""


class Form(Schema):
    """A table that knows its keys."""

    class Meta:
        """Unknown keys are faults."""

        unknown = RAISE

    error_messages = {"unknown": "unknown_key", "type": "not_table"}  # noqa: RUF012


class FixedNetworkForm(Form):
    """[[networks.fixed]]"""

    name = Text(required=True)
    min_size = Whole()
    max_size = Whole()
    kind = one_of(*KINDS)
    waitlist = one_of("allowed", "never")
    region = Text()
    place = Text()
    slot = Text()
    facilitator = Text()
    accepts = Tables(keys=fields.String(), values=texts())


class NetworksForm(Form):
    """[networks]"""

    count = Whole()
    min_count = Whole()
    max_count = Whole()
    min_size = Whole()
    max_size = Whole()
    kind = one_of(*KINDS)
    waitlist = one_of("allowed", "never")
    fixed = Listed(Table(FixedNetworkForm))

    @validates_schema(skip_on_field_errors=False)
    def one_way_of_counting(self, data: Mapping[str, Any], **_: Any) -> None:
        """count, or min_count and max_count."""
        for key in ("min_count", "max_count"):
            if "count" in data and key in data:
                raise ValidationError(f"conflicting_keys count|{key}", field_name=key)


class FacilitatorForm(Form):
    """[[facilitators]]"""

    id = Text(required=True)
    languages = texts()
    regions = texts()
    available = texts()
    max_networks = Whole()


class PinForm(Form):
    """[[pins]]"""

    candidate = Text(required=True)
    network = Text(required=True)


class AbsenceForm(Form):
    """One entry of meetings.absent"""

    candidate = Text(required=True)
    meeting = Whole(required=True)


class MeetingsForm(Form):
    """[meetings]"""

    count = Whole(0, 200)
    group_size = Whole(2, 50)
    remainder = one_of("larger", "smaller")
    groups = Whole()
    keep = Whole()
    minutes = Whole(1, 1440)
    timezone = Checked("not_timezone", lambda value: value in available_timezones())
    dates = Checked("not_dates", is_dates)
    absent = Listed(Table(AbsenceForm))


class RuleForm(Form):
    """What every rule may carry."""

    rule = Text(required=True)
    name = Text()
    strength = one_of("must")
    weight = Whole(1, MOST_WEIGHT)

    @validates_schema(skip_on_field_errors=False)
    def one_strength(self, data: Mapping[str, Any], **_: Any) -> None:
        """strength or weight."""
        if "strength" in data and "weight" in data:
            raise ValidationError("conflicting_keys strength|weight", field_name="weight")


@cache
def rule_form(rule: type[Rule]) -> Form:
    """The form of one rule, from its own parameters."""
    own: dict[str, Any] = {}
    for each in dataclasses.fields(rule):
        kind = each.metadata.get("parameter")
        if isinstance(kind, Parameter) and kind in FIELDS:
            required = each.default is dataclasses.MISSING and kind not in FROM_COLUMNS
            limits = {"most": each.metadata["most"]} if each.metadata.get("most") else {}
            own[each.metadata["key"] or each.name] = FIELDS[kind](required=required, **limits)
    if rule.by_network and not issubclass(rule, TrioRule):
        own["networks"] = Listed(Text(), validate=validate.Length(min=1, error="not_list"))
    if rule.in_trios:
        own["within"] = one_of("trio")
    form: type[Form] = type(f"{rule.__name__}Form", (RuleForm,), own)
    return form()


class AnyRule(fields.Field[dict[str, Any]]):
    """A rule, in the form that its name calls for."""

    default_error_messages = coded("not_table")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        if "rule" not in value:
            raise ValidationError({"rule": ["missing"]})
        if not isinstance(value["rule"], str) or value["rule"] not in RULES:
            raise ValidationError({"rule": ["unknown_rule"]})
        rule = RULES[value["rule"]]
        loaded: dict[str, Any] = rule_form(rule).load(value)
        _complete(rule, loaded)
        return loaded


def _complete(rule: type[Rule], loaded: Mapping[str, Any]) -> None:
    """Keys that need each other, or that exclude each other."""
    given = [key for key in rule.one_of if loaded.get(key) not in (None, False)]
    if rule.one_of and not given:
        raise ValidationError({rule.one_of[0]: ["missing_one_of " + "|".join(rule.one_of)]})
    if rule.only_one and len(given) > 1:
        raise ValidationError({given[1]: ["conflicting_keys " + "|".join(given)]})
    if "matrix" in loaded and "networks" in loaded:
        raise ValidationError({"networks": ["unknown_key"]})
    if rule.must_needs is not None and "strength" in loaded and rule.must_needs not in loaded:
        raise ValidationError({rule.must_needs: ["missing"]})


class CandidatesField(fields.Field[Any]):
    """The name of a file, or a list of names."""

    default_error_messages = coded("not_files")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if (isinstance(value, str) and value.strip()) or (_ids(value) and value):
            return value
        raise ValidationError("not_files")


class ProgrammeSchema(Form):
    """programme.toml"""

    name = Text(required=True)
    candidates = CandidatesField()
    language = one_of(*LANGUAGES)
    keep = texts()
    vocabularies = Tables(keys=fields.String(), values=texts())
    networks = Table(NetworksForm, required=True)
    facilitators = Listed(Table(FacilitatorForm))
    pins = Listed(Table(PinForm))
    meetings = Table(MeetingsForm)
    rules = Listed(AnyRule())


def faults_of(schema: Schema, tables: Mapping[str, Any], file: str | None) -> tuple[dict[str, Any], list[Fault]]:
    """What the schema reads, and every fault with a pointer to its key and what was found there."""
    try:
        loaded: dict[str, Any] = schema.load(tables)
    except ValidationError as error:
        assert isinstance(error.messages, dict)  # noqa: S101  (a schema's own errors are always keyed)
        return {}, list(_faults(error.messages, tables, schema, "", file))
    return loaded, []


def _faults(messages: Any, found: Any, form: Any, pointer: str, file: str | None) -> Iterator[Fault]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            if key == "_schema" or (key == "value" and isinstance(form, Tables)):
                yield from _faults(inner, found, form, pointer, file)
                continue
            where = f"{pointer}[{key}]" if isinstance(key, int) else f"{pointer}.{key}" if pointer else str(key)
            yield from _faults(inner, _inside(found, key), _form_inside(form, key, found), where, file)
        return
    for message in messages:
        code, _, rest = str(message).partition(" ")
        shown = None if code.startswith("missing") else str(found) if not isinstance(found, dict) else None
        match code:
            case "unknown_key":
                key = pointer.rsplit(".", 1)[-1]
                known = tuple(form) if isinstance(form, tuple) else ()
                near = nearest(key, known)
                yield Fault(code=code, file=file, pointer=pointer, found=key, nearest=near, known=() if near else known)
            case "unknown_rule":
                yield Fault(
                    code=code,
                    file=file,
                    pointer=pointer,
                    found=shown,
                    nearest=nearest(str(found), RULES),
                    known=tuple(RULES),
                )
            case "not_one_of":
                choices = tuple(rest.split("|"))
                near = nearest(str(found), choices)
                yield Fault(code=code, file=file, pointer=pointer, found=shown, known=choices, nearest=near)
            case "conflicting_keys" | "missing_one_of":
                yield Fault(code=code, file=file, pointer=pointer, params={"keys": tuple(rest.split("|"))})
            case "out_of_range":
                least, most = rest.split(" ")
                yield Fault(code=code, file=file, pointer=pointer, found=shown, params={"least": least, "most": most})
            case _:
                yield Fault(code=code, file=file, pointer=pointer, found=shown)


def _inside(found: Any, key: Any) -> Any:
    if isinstance(found, Mapping):
        return found.get(key)
    return found[key] if isinstance(found, list) and isinstance(key, int) and key < len(found) else found


def _form_inside(form: Any, key: Any, found: Any) -> Any:
    """The form of what a key leads to; for a key that is unknown, the names it might have been."""
    if isinstance(form, AnyRule):
        rule = RULES.get(str(found.get("rule"))) if isinstance(found, dict) else None
        form = rule_form(rule) if rule else None
    if isinstance(form, Table):
        form = form.schema
    if isinstance(form, Listed):
        return form.inner
    if isinstance(form, Schema):
        return form.fields.get(key, tuple(form.fields))
    return form


@dataclasses.dataclass(frozen=True)
class Kept:
    """Tables without what is wrong in them, and where each kept entry of a list stood before."""

    tables: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    places: Mapping[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)

    def pointer(self, pointer: str | None) -> str | None:
        """A pointer into the kept tables, as a pointer into the tables as they were."""
        match = LISTED.match(pointer or "")
        if pointer is None or match is None or match["list"] not in self.places:
            return pointer
        return f"{match['list']}[{self.places[match['list']][int(match['index'])]}]{pointer[match.end() :]}"


LISTED = re.compile(r"(?P<list>rules|pins|facilitators|networks\.fixed|meetings\.absent)\[(?P<index>\d+)\]")


def without_faults(tables: Mapping[str, Any], faults: Sequence[Fault]) -> Kept:
    """The tables without the keys and the entries of lists at which faults point."""
    kept = copy.deepcopy(dict(tables))
    wrong: dict[str, set[int]] = {}
    for fault in faults:
        pointer = fault.pointer or ""
        match = LISTED.match(pointer)
        if match is not None:
            wrong.setdefault(match["list"], set()).add(int(match["index"]))
        else:
            _drop(kept, re.split(r"[.\[]", pointer)[:2])
    places = {}
    for path, indices in wrong.items():
        *above, key = path.split(".")
        table = kept
        for name in above:
            table = table[name]
        places[path] = tuple(index for index in range(len(table[key])) if index not in indices)
        table[key] = [table[key][index] for index in places[path]]
    return Kept(kept, places)


def _drop(tables: dict[str, Any], path: Sequence[str]) -> None:
    """Removes the key that a path of one or two names leads to, or the table above it where there is no such key."""
    table = tables.get(path[0])
    if len(path) == 2 and isinstance(table, dict):
        table.pop(path[1], None)
    elif path[0] == "networks":
        tables["networks"] = {}
    elif path[0] == "name":
        tables["name"] = "?"
    else:
        tables.pop(path[0], None)
