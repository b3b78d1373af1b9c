"""Rules as rows: each with its definition, what the programme asks of it, what it costs and where it does not hold."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from service.proposal_file import Proposal
from service.question import Question
from service.report.model import Breach, RuleRow
from service.report.people import Directory
from service.report.rule_titles import rule_title, rule_titles
from service.report.telling import Teller
from service.words import catalogue
from solver.rules import RULES, Rule, TrioRule
from solver.rules.base import Share

_PEOPLE = frozenset({"people", "person", "group", "pairs"})
"""Placeholders of violations that hold ids."""

_BETWEEN_IDS = (", ", " - ")


class RuleWriter:
    """Turns the rule rows of a proposal into words; people by name."""

    def __init__(self, question: Question, directory: Directory, tell: Teller) -> None:
        self.rules = {rule.name: rule for rule in (*question.problem.rules, *question.problem.trio_rules)}
        self.networks = [network.name for network in question.problem.networks]
        self.directory = directory
        self.tell = tell
        self.titles = rule_titles(question.programme, tell)
        self.told_in = question.programme.language
        """The language of the texts in the proposal."""

    def of_composition(self, proposal: Proposal) -> Iterator[RuleRow]:
        """The rules about networks, as the proposal lists them."""
        for row in proposal["rules"]:
            breaches = [self._breach(row, violation, violation["network"]) for violation in row["violations"]]
            yield self._row(row, row["penalty"], row["bound"], breaches, within_trios=False)

    def of_rotations(self, proposal: Proposal) -> Iterator[RuleRow]:
        """The rules about trios, each summed over the networks."""
        found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for rotation in proposal["rotations"]:
            for row in rotation["rules"]:
                found.setdefault(row["name"], []).append((rotation["network"], row))
        for rows in found.values():
            first = rows[0][1]
            breaches = [
                self._breach(row, violation, network) for network, row in rows for violation in row["violations"]
            ]
            yield self._row(first, sum(row["penalty"] for _, row in rows), None, breaches, within_trios=True)

    def _row(
        self, row: Mapping[str, Any], penalty: int, bound: int | None, breaches: Sequence[Breach], *, within_trios: bool
    ) -> RuleRow:
        rule = self.rules.get(row["name"])
        kind = RULES[row["rule"]]
        definition = kind.definition.say(self.tell.language, _Facts(self._facts(rule)))
        return RuleRow(
            name=row["name"],
            # That everybody meets comes first where no rule asks for it, and is no rule of the programme.
            title=self.titles.get(row["name"]) or rule_title(row["rule"], row["name"], self.tell),
            rule=row["rule"],
            definition=definition,
            details=tuple(self._details(rule)) if rule is not None else (),
            within_trios=within_trios,
            strength=row["strength"],
            penalty=penalty,
            bound=bound,
            breaches=tuple(breaches),
        )

    # what the programme asks

    def _facts(self, rule: Rule | None) -> dict[str, str]:
        if rule is None:
            return {}
        return {field.name: self._said(field.name, getattr(rule, field.name)) for field in dataclasses.fields(rule)}

    def _details(self, rule: Rule) -> Iterator[str]:
        """The parameters that a reader can weigh; lists of people and files are left to the programme."""
        for field in dataclasses.fields(rule):
            key = f"report.parameter.{field.metadata.get('key') or field.name}"
            value = getattr(rule, field.name)
            if key in catalogue(self.tell.language) and value not in (None, False, ()):
                yield self.tell(key, value=self._said(field.name, value))
        if rule.networks is not None:
            names = self.tell.joined(self.networks[k] for k in sorted(rule.networks))
            yield self.tell("report.parameter.networks", value=names)

    def _said(self, name: str, value: object) -> str:
        if name == "attribute" and isinstance(value, str):
            return self.tell.column(value)
        if isinstance(value, Share):
            return self.tell("report.format.percent", number=self.tell.number(float(value.part * 100), 2))
        if isinstance(value, Fraction):
            return self.tell.number(float(value), 2)
        if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
            return ", ".join(self.tell.column(each) for each in value)
        return str(value)

    # where it does not hold

    def _breach(self, row: Mapping[str, Any], violation: Mapping[str, Any], network: str | None) -> Breach:
        return self._named(RULES[row["rule"]], violation, network)

    def _named(self, kind: type[Rule], violation: Mapping[str, Any], network: str | None) -> Breach:
        """A violation with names for ids, and without people; a text of another shape stays as it is.

        The proposal is read by machines too, so its texts name people by id.
        """
        text: str = violation["text"]
        meeting, penalty = violation.get("meeting"), violation["penalty"]
        match = _pattern(getattr(kind.violation, self.told_in)).fullmatch(text)
        if match is None:
            return Breach(network, meeting, penalty, text, self.tell("report.see_report"))
        template: str = getattr(kind.violation, self.tell.language)
        facts = match.groupdict()
        if "attribute" in facts:
            facts["attribute"] = self.tell.column(facts["attribute"])
        if "slot" in facts:
            facts["slot"] = self.tell.slot(facts["slot"])
        people = set() if issubclass(kind, TrioRule) else _PEOPLE & facts.keys()
        if not people:
            told = template.format_map(facts)
            return Breach(network, meeting, penalty, told, told)
        named = {key: self._names(value) if key in people else value for key, value in facts.items()}
        hidden = {key: "…" if key in people else value for key, value in facts.items()}
        ids = tuple(dict.fromkeys(id_ for key in sorted(people) for id_ in self._ids(facts[key])))
        return Breach(network, meeting, penalty, template.format_map(named), template.format_map(hidden), ids)

    def _ids(self, text: str) -> Iterator[str]:
        comma, dash = _BETWEEN_IDS
        for part in text.split(comma):
            yield from (id_ for id_ in part.split(dash) if id_ in self.directory.people)

    def _names(self, text: str) -> str:
        comma, dash = _BETWEEN_IDS
        return comma.join(dash.join(map(self._name, part.split(dash))) for part in text.split(comma))

    def _name(self, id_: str) -> str:
        person = self.directory.people.get(id_)
        return id_ if person is None else person.name


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _pattern(template: str) -> re.Pattern[str]:
    """Matches what a template made, with a group for each placeholder."""
    parts = re.split(r"\{(\w+)\}", template)
    seen: set[str] = set()
    pattern = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            pattern += re.escape(part)
        elif part in seen:
            pattern += f"(?P={part})"
        else:
            seen.add(part)
            pattern += f"(?P<{part}>.*?)"
    return re.compile(pattern, re.DOTALL)
