"""Says the rules of a programme as plain sentences: "At least four different sectors in each network".

A sentence stands in the word files as `ask_say.<rule>`, with variants for the parameters that are given. A rule that
has none yet is said by its own definition, so that a new rule can be read at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from service.candidates import canonical_column
from service.programme import Programme, RuleAsked, made_name
from service.report.telling import Teller
from service.words import catalogue, say
from solver.rules import RULES, Rule, TrioRule
from solver.rules.base import Parameter

IN_WORDS = range(2, 13)
"""Numbers that sentences write in full."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """One rule as its organiser reads it."""

    name: str
    sentence: str
    strength: str
    must: bool
    weight: int | None
    trio: bool
    own_name: bool
    """Whether the organiser gave the name, or Kring made it."""


def wishes(programme: Programme, language: str) -> list[Wish]:
    """Every rule of a programme in words, in its order."""
    return [_wish(rule, language) for rule in programme.rules]


def titles(programme: Programme, language: str) -> dict[str, str]:
    """What to call each rule on a page, by its name: as its organiser named it, else its sentence."""
    return {wish.name: wish.name if wish.own_name else wish.sentence for wish in wishes(programme, language)}


def sentence(asked: RuleAsked, language: str) -> str:
    """A rule in one sentence, without its strength."""
    kind, tell = RULES[asked.rule], Teller(language)
    facts = {**dict(_defaults(kind)), **asked.parameters}
    given = sorted(key for key in asked.parameters if asked.parameters[key] != dict(_defaults(kind)).get(key))
    told = {key: _said(key, value, kind, tell) for key, value in facts.items()}
    if "attribute" in facts:
        told |= {"many": many(str(facts["attribute"]), tell), "same": _same(str(facts["attribute"]), tell)}
    told["place"] = _place(asked, kind, tell)
    key = next((key for key in _variants(asked.rule, given) if key in catalogue(language)), None)
    if key is not None:
        return _capital(say(language, key, **told))
    return _defined(kind, told, given, tell)


def strength(asked: RuleAsked, language: str) -> str:
    """How strong a rule is, in words."""
    if asked.weight is None:
        return say(language, "ask.strength_must")
    return say(language, "ask.strength_weight", weight=asked.weight)


def column_said(column: str, tell: Teller) -> str:
    """A column by its word, those of names included; the organiser's own by its own name."""
    return tell.known("in_column", column) if f"in_column.{column}" in catalogue(tell.language) else tell.column(column)


def in_sentence(column: str, tell: Teller) -> str:
    """A column as a sentence names it: a known one by its word, the organiser's own between quotes."""
    known = canonical_column(column)
    return tell.column(known) if known is not None else tell("ask.own_column", column=column)


def many(column: str, tell: Teller) -> str:
    """The values of a column as a sentence counts them: sectors, or values of the organiser's own column."""
    known = canonical_column(column)
    if known is not None and f"ask_many.{known}" in catalogue(tell.language):
        return tell(f"ask_many.{known}")
    return tell("ask_many.other", column=column if known is None else tell.column(known))


def _same(column: str, tell: Teller) -> str:
    """Those who share a value of a column: from the same organisation."""
    known = canonical_column(column)
    if known is not None and f"ask_same.{known}" in catalogue(tell.language):
        return tell(f"ask_same.{known}")
    return tell("ask_same.other", column=in_sentence(column, tell))


def _wish(asked: RuleAsked, language: str) -> Wish:
    return Wish(
        asked.name,
        sentence(asked, language),
        strength(asked, language),
        asked.must,
        asked.weight,
        _in_trios(asked),
        own_name=not made_name(asked),
    )


def _in_trios(asked: RuleAsked) -> bool:
    return asked.within_trio or issubclass(RULES[asked.rule], TrioRule)


def _defaults(kind: type[Rule]) -> Iterator[tuple[str, Any]]:
    for each in dataclasses.fields(kind):
        if each.metadata.get("parameter") and each.default is not dataclasses.MISSING:
            yield each.metadata["key"] or each.name, each.default


def _variants(rule: str, given: Sequence[str]) -> Iterator[str]:
    """The keys of the sentence, the one that says most first."""
    for size in range(len(given), -1, -1):
        for keys in combinations(given, size):
            yield "_".join((f"ask_say.{rule}", *keys))


def _place(asked: RuleAsked, kind: type[Rule], tell: Teller) -> str:
    if asked.within_trio:
        return tell("ask.place_trio")
    if asked.networks:
        return tell("ask.place_named", names=tell.joined(asked.networks))
    return tell("ask.place_network")


def _said(key: str, value: Any, kind: type[Rule], tell: Teller) -> str:
    parameter = next(
        (
            each.metadata["parameter"]
            for each in dataclasses.fields(kind)
            if each.metadata.get("parameter") and (each.metadata["key"] or each.name) == key
        ),
        None,
    )
    match parameter:
        case Parameter.ATTRIBUTE:
            return in_sentence(str(value), tell)
        case Parameter.ATTRIBUTES:
            return tell.joined([in_sentence(str(each), tell) for each in value]) if value else ""
        case Parameter.AMOUNT:
            return _amount(value, tell)
        case Parameter.COUNT if isinstance(value, int):
            return number(value, tell)
        case _:
            return str(value)


def _amount(value: Any, tell: Teller) -> str:
    if not isinstance(value, int):
        return tell("ask.amount_share", share=str(value))
    return tell("ask.amount_people", n=value, number=number(value, tell))


def number(value: int, tell: Teller) -> str:
    """A small number in full, a larger one in figures."""
    return tell(f"ask_number.n{value}") if value in IN_WORDS else str(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _defined(kind: type[Rule], told: Mapping[str, str], given: Sequence[str], tell: Teller) -> str:
    """A rule that has no sentence of its own yet: its definition, and what is asked of it."""
    known = [
        tell(f"report.parameter.{key}", value=told[key])
        for key in given
        if f"report.parameter.{key}" in catalogue(tell.language)
    ]
    definition = kind.definition.say(tell.language, told)
    return _capital(f"{definition} ({', '.join(known)})" if known else definition)
