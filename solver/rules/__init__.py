"""The rules of Kring, one file each. A new file in this package is a new rule; nothing else needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from solver.rules.base import MUST, Group, GroupRule, Rule, TrioRule, Violation

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def _named(parent: type[Rule]) -> Iterator[tuple[str, type[Rule]]]:
    for child in parent.__subclasses__():
        if "rule" in child.__dict__:
            yield child.rule, child
        yield from _named(child)


RULES: dict[str, type[Rule]] = dict(sorted(_named(Rule)))  # type: ignore[type-abstract]  # only its children are named
"""Every rule by the name that a programme uses."""

__all__ = ["MUST", "RULES", "Group", "GroupRule", "Rule", "TrioRule", "Violation"]
