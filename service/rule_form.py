"""The form of a rule, for people: which fields it has, what they are called, and how answers become parameters.

Everything follows from the parameters that the rule itself declares, so a new rule has its form at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.faults import Fault
from service.words import catalogue, say
from solver.rules import RULES, Rule, TrioRule
from solver.rules.base import Parameter

ASKED_IN_A_FILE = frozenset({Parameter.MATRIX})
"""Parameters that no form can ask for: a table of distances. It comes with a file, and stays as it is."""

KEPT = "kept"
"""The answer that leaves an earlier proposal as the programme has it; `kept-2` is the third of a history."""

FROM = "from"
"""What the field of a history is called, after its key and a point, in which earlier proposals are chosen."""

LONG = frozenset({Parameter.PAIRS, Parameter.GROUPS, Parameter.HISTORY})
"""Parameters that take a line for each entry."""

OFTEN = (
    *("spread", "distinct", "limit", "not_alone", "balance", "same", "apart", "together", "near", "available"),
    *("exchange", "wish", "meet_new", "case_turns", "early", "spaced"),
)
"""The rules that organisers ask for most, in the order in which they are offered; others follow by their titles."""


@dataclass(frozen=True, slots=True)
class FieldAsked:
    """One field of a rule's form."""

    key: str
    kind: Parameter
    label: str
    help: str
    required: bool
    default: str
    most: int | None

    @property
    def long(self) -> bool:
        """Whether it takes several lines."""
        return self.kind in LONG


@dataclass(frozen=True, slots=True)
class RuleAskedFor:
    """The form of one rule."""

    rule: str
    title: str
    help: str
    fields: tuple[FieldAsked, ...]
    trio_only: bool
    """Whether it speaks of the meetings by itself."""
    in_trios: bool
    """Whether it may be limited to the groups at a meeting."""
    by_network: bool
    """Whether it may be limited to some networks."""
    from_file: tuple[str, ...]
    """Parameters that only a file can bring."""


def rule_asked_for(rule: str, language: str) -> RuleAskedFor:
    """The form of a rule, in a language."""
    kind = RULES[rule]
    trio_only = issubclass(kind, TrioRule)
    return RuleAskedFor(
        rule,
        _known(language, f"ask_rule.{rule}") or rule,
        _known(language, f"ask_rule_help.{rule}") or kind.definition.say(language, _blanks(kind)),
        tuple(_fields(kind, language)),
        trio_only,
        kind.in_trios and not trio_only,
        kind.by_network and not trio_only,
        tuple(key for key, parameter, _ in _parameters(kind) if parameter in ASKED_IN_A_FILE),
    )


def every_rule(language: str) -> list[RuleAskedFor]:
    """The form of every rule: about networks, then about the meetings; what is often asked for comes first."""
    forms = [rule_asked_for(rule, language) for rule in RULES]
    place = {rule: number for number, rule in enumerate(OFTEN)}
    return sorted(forms, key=lambda form: (form.trio_only, place.get(form.rule, len(place)), form.title.casefold()))


def answers_of(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """A stored rule as the answers of its form."""
    answers: dict[str, list[str]] = {}
    for key, kind, _ in _parameters(RULES[entry["rule"]]):
        if key in entry and kind not in ASKED_IN_A_FILE:
            answers[key] = _SHOWN.get(kind, _one)(entry[key])
        if key in entry and kind is Parameter.HISTORY:
            answers[f"{key}.{FROM}"] = [f"{KEPT}-{number}" for number, _ in enumerate(_proposals(entry, key))]
    return answers


def read_answers(
    rule: str,
    answers: Mapping[str, Sequence[str]],
    *,
    before: Mapping[str, Any] | None = None,
    earlier: Callable[[str], Mapping[str, Any] | None] = lambda id_: None,
) -> tuple[dict[str, Any], list[Fault]]:
    """The parameters that answers state, and the faults of answers that no parameter can hold, by key.

    before: the rule as it is stored; what only a file can bring is taken over from it. earlier: the data of an earlier
    proposal, by its id.
    """
    read: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, kind, _ in _parameters(RULES[rule]):
        if kind in ASKED_IN_A_FILE:
            if before is not None and key in before:
                read[key] = before[key]
            continue
        given = [text.strip() for text in answers.get(key, ()) if text.strip()]
        if kind is Parameter.BASELINE and given:
            data = (before or {}).get(key) if given[0] == KEPT else earlier(given[0])
            if data is None:
                faults.append(Fault(code="not_a_proposal", pointer=key))
            else:
                read[key] = data
            continue
        met = _chosen(answers.get(f"{key}.{FROM}", ()), before, key, earlier) if kind is Parameter.HISTORY else []
        if not given:
            if met:
                read[key] = met
            continue
        try:
            value = _READ.get(kind, _text)(given)
        except _NotReadableError as error:
            faults.append(Fault(code=error.code, pointer=key, found=" ".join(given)))
            continue
        if value is not None:
            read[key] = [*value, *met] if met else value
    return read, faults


def _proposals(before: Mapping[str, Any] | None, key: str) -> list[Any]:
    """Earlier proposals in a history, which no line of text can hold."""
    return [each for each in (before or {}).get(key, ()) if not isinstance(each, list)]


def _chosen(
    chosen: Sequence[str],
    before: Mapping[str, Any] | None,
    key: str,
    earlier: Callable[[str], Mapping[str, Any] | None],
) -> list[Any]:
    """The earlier proposals of a history: those that are kept, then those that are new."""
    there = _proposals(before, key)
    kept = [each for number, each in enumerate(there) if f"{KEPT}-{number}" in chosen]
    new = (earlier(id_) for id_ in dict.fromkeys(chosen) if not id_.startswith(KEPT))
    return [*kept, *(each for each in new if each is not None)]


# what a rule declares


def _parameters(kind: type[Rule]) -> Iterator[tuple[str, Parameter, Any]]:
    """Key, kind and field of each parameter."""
    for each in dataclasses.fields(kind):
        parameter = each.metadata.get("parameter")
        if isinstance(parameter, Parameter):
            yield each.metadata["key"] or each.name, parameter, each


def _fields(kind: type[Rule], language: str) -> Iterator[FieldAsked]:
    for key, parameter, each in _parameters(kind):
        if parameter in ASKED_IN_A_FILE:
            continue
        missing = each.default is dataclasses.MISSING
        yield FieldAsked(
            key,
            parameter,
            _known(language, f"ask_field.{kind.rule}_{key}")
            or _known(language, f"ask_field.{key}")
            or key.replace("_", " ").capitalize(),
            _known(language, f"ask_help.{kind.rule}_{key}")
            or _known(language, f"ask_help.{key}")
            or say(language, f"ask_kind.{parameter.name.lower()}"),
            missing and parameter not in {Parameter.PAIRS, Parameter.GROUPS},
            "" if missing or each.default in (None, (), False) else str(each.default),
            each.metadata.get("most"),
        )


def _known(language: str, key: str) -> str | None:
    text = catalogue(language).get(key)
    return text if isinstance(text, str) else None


def _blanks(kind: type[Rule]) -> dict[str, object]:
    """What a definition mentions, left open."""
    return {each.name: "…" for each in dataclasses.fields(kind)}


# between answers and parameters


class _NotReadableError(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_SEPARATORS = re.compile(r"\s*[|;,\t]\s*")


def _text(given: Sequence[str]) -> str:
    return given[0]


def _texts(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(given))


def _whole(given: Sequence[str]) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", given[0]):
        raise _NotReadableError("not_whole_number")
    return int(given[0])


def _amount(given: Sequence[str]) -> int | str:
    compact = given[0].replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    return compact if compact.endswith("%") else _whole_or(compact, "not_amount")


def _share(given: Sequence[str]) -> str:
    """A share with or without its sign."""
    compact = given[0].replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    return compact if compact.endswith("%") else f"{compact}%"


def _whole_or(text: str, code: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise _NotReadableError(code)
    return int(text)


def _kilometres(given: Sequence[str]) -> int | float:
    text = given[0].replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise _NotReadableError("not_number")
    return float(text) if "." in text else int(text)


def _flag(given: Sequence[str]) -> bool | None:
    """A box that is ticked; one that is not says nothing."""
    return True if given[0] not in {"0", "false", "off"} else None


def _lists(given: Sequence[str]) -> list[list[str]]:
    """A line for each entry, its ids between commas, semicolons, bars or tabs."""
    lines = (line.strip() for text in given for line in text.splitlines())
    return [[part for part in _SEPARATORS.split(line) if part] for line in lines if line]


def _one(value: Any) -> list[str]:
    return [str(value)]


_READ: Mapping[Parameter, Callable[[Sequence[str]], Any]] = {
    Parameter.ATTRIBUTES: _texts,
    Parameter.AMOUNT: _amount,
    Parameter.SHARE: _share,
    Parameter.COUNT: _whole,
    Parameter.KILOMETRES: _kilometres,
    Parameter.FLAG: _flag,
    Parameter.PAIRS: _lists,
    Parameter.GROUPS: _lists,
    Parameter.HISTORY: _lists,
}

_SHOWN: Mapping[Parameter, Callable[[Any], list[str]]] = {
    Parameter.ATTRIBUTES: lambda value: [str(each) for each in value],
    Parameter.FLAG: lambda value: ["1"] if value else [],
    Parameter.BASELINE: lambda value: [KEPT],
    Parameter.PAIRS: lambda value: ["\n".join(", ".join(each) for each in value)],
    Parameter.GROUPS: lambda value: ["\n".join(", ".join(each) for each in value)],
    Parameter.HISTORY: lambda value: ["\n".join(", ".join(each) for each in value if isinstance(each, list))],
}
