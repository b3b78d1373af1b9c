"""What every rule has: words, parameters, a plain price, and a lowering to terms.

A rule is one file of this package. It says itself in four languages, prices a group from the contract's definition with
nothing but values, and lowers itself to terms, which is all the search, the model and the bounds ever see. The plain
price knows neither how terms are priced nor CP-SAT, so a recount shares nothing with the solver.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any, ClassVar, Self

from solver.lowering import Term
from solver.problem import WAITING, Composition, Network, Pool, Problem

LANGUAGES = ("nl", "fr", "en", "de")


class Must(Enum):
    """The strength of a rule that is not weighed but kept."""

    MUST = "must"


MUST = Must.MUST
Strength = int | Must


class Parameter(Enum):
    """What a parameter of a rule means; whoever reads programmes knows how to read each of these."""

    ATTRIBUTE = "the name of a column"
    ATTRIBUTES = "a list of names of columns"
    VALUE = "a value of the attribute"
    AMOUNT = 'a number of people, or a share such as "40%"'
    SHARE = 'a share such as "80%"'
    COUNT = "a whole number, 1 or more"
    KILOMETRES = "a number of kilometres"
    FLAG = "true or false"
    TYPE = '"category" or "number"'
    PAIRS = "a list of pairs of ids"
    GROUPS = "a list of lists of ids"
    WISHES = "the column network_wish"
    COMMITTED = "the column meetings"
    MATRIX = "the name of a file with distances"
    BASELINE = "an earlier proposal"
    HISTORY = "lists of ids, or earlier proposals"


def parameter(kind: Parameter, *, key: str | None = None, most: int | None = None, **default: Any) -> Any:
    """A field that an organiser may set in the programme.

    `key` is its name there, if not the field's own; `most` the largest count that makes sense.
    """
    return field(metadata={"parameter": kind, "key": key, "most": most}, **default)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a group, exactly."""

    part: Fraction

    def __str__(self) -> str:
        return f"{float(self.part * 100):g}%"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in each language; `{names}` are filled in from facts, which may be words themselves."""

    nl: str
    fr: str
    en: str
    de: str

    def say(self, language: str, facts: Mapping[str, object]) -> str:
        """The sentence in one language."""
        template: str = getattr(self, language)
        return template.format_map({key: _said(value, language) for key, value in facts.items()})


def _said(fact: object, language: str) -> object:
    """A fact as the language writes it: words in that language, decimals with its comma or point."""
    if isinstance(fact, Words):
        return fact.say(language, {})
    if isinstance(fact, float):
        return f"{fact:.2f}" if language == "en" else f"{fact:.2f}".replace(".", ",")
    return fact


@dataclass(frozen=True, slots=True)
class Group:
    """People who sit together: a network, or a trio at one meeting (`network` is then None)."""

    members: tuple[int, ...]
    network: Network | None = None
    slot: int | None = None
    facilitator: int | None = None
    case_giver: int | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a rule does not hold, and what that costs before its weight."""

    network: int | None
    penalty: int
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ground:
    """The groups that a rule is lowered for: networks that are given or may be formed, or trios."""

    networks: tuple[Network, ...]
    """Empty for trios."""
    largest: int
    """The most members that a group can have."""
    slots: int = 0
    """How many slots there are."""
    baseline: tuple[str, ...] = ()

    @property
    def trios(self) -> bool:
        """Whether the groups are trios."""
        return not self.networks

    def sizes(self) -> range:
        """Every size of a group, 0 included."""
        return range(self.largest + 1)


@dataclass(frozen=True, slots=True)
class Trios:
    """What the meetings make of a network, by its size from 0 to the largest."""

    groups: tuple[int, ...]
    """The most groups at one meeting where everybody is present."""
    pair_meetings: tuple[int, ...]
    """The fewest meetings of pairs, over all meetings together."""

    @property
    def largest(self) -> int:
        """The largest size."""
        return len(self.groups) - 1


Pricer = Callable[[Group], int]


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """One wish about the composition."""

    rule: ClassVar[str]
    definition: ClassVar[Words]
    violation: ClassVar[Words]
    in_trios: ClassVar[bool] = True
    """Whether the rule may carry within = "trio"."""
    by_network: ClassVar[bool] = True
    """Whether the rule may be limited to some networks."""
    weighs_waiting: ClassVar[bool] = False
    one_of: ClassVar[tuple[str, ...]] = ()
    """Keys of which at least one has to be given."""
    only_one: ClassVar[bool] = False
    """Whether no more than one of them may be given."""
    must_needs: ClassVar[str | None] = None
    """A key that has to be given for the rule to be a must."""

    name: str
    strength: Strength = 1
    networks: frozenset[int] | None = None

    @property
    def is_must(self) -> bool:
        """Whether the rule has to hold."""
        return self.strength is MUST

    @property
    def weight(self) -> int:
        """What one unit of penalty costs; a rule that must hold costs nothing, since it is kept."""
        return 0 if isinstance(self.strength, Must) else self.strength

    def applies(self, network: int) -> bool:
        """Whether the rule speaks about this network."""
        return self.networks is None or network in self.networks

    @abstractmethod
    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        """Every place where the rule does not hold; their penalties add up to the rule's."""

    @abstractmethod
    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        """The rule as terms: the rule's penalty is the sum of their prices, over all groups."""

    def among(self, local: Mapping[int, int]) -> Self:
        """The same rule for the members of one network, renumbered."""
        return self

    def needs_of_network(self, pool: Pool, trios: Trios) -> Sequence[Term]:
        """What a network must keep so that this rule, as a must, can hold in its trios: prices that have to be 0."""
        return ()


@dataclass(frozen=True, kw_only=True)
class GroupRule(Rule):
    """A rule whose penalty is a sum over groups, each priced by itself."""

    @abstractmethod
    def pricer(self, pool: Pool) -> Pricer:
        """Prices one group; whatever it needs of the whole pool is counted once."""

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        """What the violation's sentence mentions besides the penalty and the size."""
        return {}

    def priced(self, group: Group, network: int | None, pool: Pool, price: Pricer) -> Violation | None:
        """The violation of one group, or None where the rule holds."""
        penalty = price(group) if group.members else 0
        if not penalty:
            return None
        facts = {"penalty": penalty, "n": len(group.members), **self.facts(group, pool)}
        return Violation(network, penalty, facts)

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        price = self.pricer(problem.pool)
        found = []
        for network, members in composition.groups().items():
            if self.applies(network):
                group = Group(
                    members,
                    problem.networks[network],
                    composition.slots[network],
                    composition.facilitators[network],
                )
                violation = self.priced(group, network, problem.pool, price)
                if violation is not None:
                    found.append(violation)
        return found


@dataclass(frozen=True, kw_only=True)
class PersonRule(GroupRule):
    """A rule that looks at one member in one network at a time."""

    @abstractmethod
    def misses(self, person: int, network: Network, pool: Pool) -> bool:
        """Whether this member breaks the rule in this network."""

    def pricer(self, pool: Pool) -> Pricer:
        return lambda group: len(self._missing(group, pool))

    def facts(self, group: Group, pool: Pool) -> Mapping[str, object]:
        return {"people": self._missing(group, pool)}

    def _missing(self, group: Group, pool: Pool) -> tuple[int, ...]:
        if group.network is None:
            raise TypeError(f"{self.rule} prices networks, not trios")
        return tuple(person for person in group.members if self.misses(person, group.network, pool))


@dataclass(frozen=True, kw_only=True)
class TrioRule(Rule):
    """A rule about the meetings of one network: who meets whom, when, and in which part.

    Its price stands in `solver.rotation.price`, since it needs all meetings at once.
    """

    by_network: ClassVar[bool] = False

    def violations(self, problem: Problem, composition: Composition) -> list[Violation]:
        raise TypeError(f"{self.rule} prices meetings, not compositions")

    def lower(self, pool: Pool, ground: Ground) -> Sequence[Term]:
        raise TypeError(f"{self.rule} is planned by the rotation, not by the composition")


def count_values(category_codes: Sequence[tuple[int, ...]], members: Sequence[int], values: int) -> list[int]:
    """c(v): how many members have each value."""
    counts = [0] * values
    for person in members:
        for code in category_codes[person]:
            counts[code] += 1
    return counts


@dataclass(frozen=True, slots=True)
class Counted:
    """A value that a rule counts: its name, and its code in the column; None where nobody in the pool has it."""

    name: str
    code: int | None

    def count(self, counts: Sequence[int]) -> int:
        """c(v), from the counts of all codes."""
        return 0 if self.code is None else counts[self.code]

    def carriers(self, people: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        """Who has it, from the carriers of all codes."""
        return () if self.code is None else people[self.code]


def counted(pool: Pool, attribute: str, value: str | None) -> tuple[Counted, ...]:
    """The value that a rule names, or every value of the pool."""
    names = pool.category(attribute).names
    if value is None:
        return tuple(Counted(name, code) for code, name in enumerate(names))
    codes = {name.casefold(): code for code, name in enumerate(names)}
    return (Counted(value, codes.get(value.casefold())),)


def waiting(composition: Composition) -> Iterator[int]:
    """The people on the waitlist."""
    return (person for person, place in enumerate(composition.places) if place == WAITING)
