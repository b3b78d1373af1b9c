"""What a proposal comes down to, in sentences: decided, paid, proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.report.model import Report, RuleRow
from service.report.telling import Teller

DEAREST = 3
"""How many of the rules that cost most a summary names."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The first page: who sits where and who waits, what it costs, what is proven."""

    headline: str
    cost: str
    rules: str
    proof: tuple[str, ...]
    trios: tuple[str, ...]


def summary_of(report: Report) -> Summary:
    """The sentences of a report."""
    tell = Teller(report.shared.language)
    return Summary(
        headline=f"{_placed(report, tell)} {_waiting(report, tell)}",
        cost=_cost(report, tell),
        rules=_rules(report, tell),
        proof=tuple(_proof(report, tell)),
        trios=tuple(_trios(report, tell)),
    )


def repeats(tell: Teller, *, has: int, least: int) -> str:
    """The repeat budget in one sentence."""
    if has == 0:
        return tell("report.repeats_none")
    if least == 0:
        return tell("report.repeats_avoidable", n=has)
    return tell("report.repeats" if has <= least else "report.repeats_open", n=least, has=has)


def strength(tell: Teller, rule: RuleRow) -> str:
    """How much a rule counts."""
    if isinstance(rule.strength, int):
        return tell("report.weight", weight=rule.strength)
    return tell(f"report.strength.{rule.strength}")


def _placed(report: Report, tell: Teller) -> str:
    return tell(
        "report.headline",
        people=tell("report.count.people", n=report.placed),
        networks=tell("report.count.networks", n=len(report.shared.networks)),
    )


def _waiting(report: Report, tell: Teller) -> str:
    waiting = report.composition.waiting
    return tell("report.waiting_some", n=waiting) if waiting else tell("report.waiting_none")


def _cost(report: Report, tell: Teller) -> str:
    cost = report.composition.part.objective
    return tell("report.cost", n=cost) if cost else tell("report.cost_none")


def _rules(report: Report, tell: Teller) -> str:
    rules = [rule for rule in report.rules if not rule.within_trios]
    if not rules:
        return tell("report.rules_none")
    told = tell("report.rules_hold", n=sum(not rule.penalty for rule in rules), total=len(rules))
    paid = [(rule.cost, rule.title) for rule in rules if rule.cost]
    if not paid:
        return told
    dearest = sorted(paid, key=lambda row: -row[0])[:DEAREST]
    listed = ", ".join(tell("report.dear_rule", rule=title, n=cost) for cost, title in dearest)
    return f"{told} {tell('report.dearest', rules=listed)}"


def _proof(report: Report, tell: Teller) -> Iterator[str]:
    proof = report.composition
    if report.optimal:
        yield tell("report.proof_best")
    elif proof.optimal:
        yield tell("report.proof_best_networks")
    elif proof.part.proven:
        yield tell("report.proof_cost_only", bound=proof.part.bound)
    elif proof.part.bound <= 0:
        yield tell("report.proof_unknown")
    else:
        yield tell("report.proof_open", bound=proof.part.bound, percent=tell.percent(proof.part.gap))
    if not proof.waiting:
        return
    if proof.least_waiting is None:
        yield tell("report.waiting_weighed")
    elif proof.least_waiting >= proof.waiting:
        yield tell("report.waiting_proven")
    else:
        yield tell("report.waiting_open", least=proof.least_waiting)


def _trios(report: Report, tell: Teller) -> Iterator[str]:
    if not report.rotations:
        yield tell("report.no_meetings")
        return
    yield repeats(tell, has=report.repeats, least=report.least_repeats)
    unproven = sum(not rotation.optimal for rotation in report.rotations)
    if unproven:
        # Where no fewer repeats can be, only the other rules are open.
        open_ = "trios_rules_open" if report.repeats <= report.least_repeats else "trios_open"
        yield tell(f"report.{open_}", n=unproven, total=len(report.rotations))
    else:
        yield tell("report.trios_best")
    undated = report.shared.undated()
    if undated:
        yield tell("report.undated", n=undated)
