"""What a rule is called in a report: as its organiser named it, else by what it is, in the language of the report.

The names that Kring makes, such as "spread sector", are for programmes and the command line, and the same in every
language.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.programme import Programme, made_name
from service.proposal_file import Proposal
from service.report.telling import Teller


def rule_titles(programme: Programme, tell: Teller, baseline: Proposal | None = None) -> Mapping[str, str]:
    """The title of each rule, by its name.

    baseline: a proposal beside which one of this programme is laid; its rules may be gone from the programme.
    """
    rows = [] if baseline is None else baseline["rules"]
    gone = {row["name"]: rule_title(row["rule"], row["name"], tell) for row in rows}
    return gone | {
        asked.name: rule_title(asked.rule, asked.name, tell) if made_name(asked) else asked.name
        for asked in programme.rules
    }


def rule_title(rule: str, name: str, tell: Teller) -> str:
    """The title of a rule whose name Kring has made; any other name stays as it is."""
    if name != rule and not name.startswith(f"{rule} "):
        return name
    what = tell(f"ask_rule.{rule}")
    rest = name.removeprefix(rule).strip()
    if not rest:
        return what
    if rest.isdigit():
        return f"{what} {rest}"
    first, _, more = rest.partition(" ")
    column = tell.column(rest)
    about = column if column != rest else f"{tell.column(first)} {more}".strip()
    return tell("report.rule_title", rule=what, about=about)
