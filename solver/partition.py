"""Parts of a composition: some networks with everybody in them, as a problem of its own.

The price of a composition is a sum over networks, so some networks and their members can be composed anew while the
rest stands; where each part gets no dearer, the whole does not (POPMUSIC: Taillard and Voss 2002, "POPMUSIC, partial
optimization metaheuristic under special intensification conditions"). A part is plain data and improving it a pure
function, so parts can be worked on side by side, on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from solver.board import renumber
from solver.lower import Lowered
from solver.lowering import Best, Count, Cover, Home, Likeness, Mean, Pairs, People, Place, Scatter, Term, Variety
from solver.problem import WAITING, Composition, Pool, Problem
from solver.terms.common import Units


@dataclass(frozen=True, slots=True)
class Part:
    """Some networks and the people in them, as a problem over the numbers 0, 1, ... of either."""

    networks: tuple[int, ...]
    people: tuple[int, ...]
    lowered: Lowered
    composition: Composition

    def whole(self, places: Sequence[int]) -> dict[int, int]:
        """Where the people of the whole are, from places within the part."""
        return {
            person: WAITING if place == WAITING else self.networks[place]
            for person, place in zip(self.people, places, strict=True)
        }


class Cutter:
    """Cuts parts out of one lowered problem; what a part costs to cut depends on its own size."""

    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        people = lowered.problem.pool.size
        self._carried = [_carried(priced.term, people) for priced in lowered.terms]
        self._always = [_always(priced.term) for priced in lowered.terms]

    def cut(self, composition: Composition, networks: Iterable[int], people: Iterable[int]) -> Part:
        """The part of these networks and people; whoever moves together has to be in one part."""
        chosen, members = tuple(sorted(networks)), tuple(sorted(people))
        number = {network: k for k, network in enumerate(chosen)}
        local = {person: i for i, person in enumerate(members)}
        numbered = [renumber(priced, number) for priced in self.lowered.terms]
        terms = [
            replace(priced, term=self._restrict(index, priced.term, members, local))
            for index, priced in enumerate(numbered)
        ]
        problem = self._problem(chosen, members, number, local)
        places = tuple(number.get(composition.places[person], WAITING) for person in members)
        standing = Composition(
            places, tuple(composition.slots[k] for k in chosen), tuple(composition.facilitators[k] for k in chosen)
        )
        lowered = replace(self.lowered, problem=problem, terms=tuple(terms), units=self._units(members, local))
        return Part(chosen, members, lowered, standing)

    def _problem(
        self, chosen: Sequence[int], members: Sequence[int], number: dict[int, int], local: dict[int, int]
    ) -> Problem:
        problem = self.lowered.problem
        networks = []
        for k in chosen:
            network = problem.networks[k]
            accepted = network.accepted
            if accepted is not None:
                network = replace(
                    network, accepted=frozenset(local[person] for person in members if person in accepted)
                )
            networks.append(network)
        facilitators = tuple(
            replace(f, foreign=frozenset(local[person] for person in members if person in f.foreign))
            for f in problem.facilitators
        )
        pins = {local[p]: number.get(problem.pins[p], WAITING) for p in members if p in problem.pins}
        return replace(
            problem,
            pool=Pool(tuple(problem.pool.ids[person] for person in members)),
            networks=tuple(networks),
            min_count=len(networks),
            facilitators=facilitators,
            pins=pins,
            must_place=frozenset(local[person] for person in members if person in problem.must_place),
            trio_rules=(),
        )

    def _units(self, members: Sequence[int], local: dict[int, int]) -> Units:
        units = self.lowered.units
        mine = tuple(
            tuple(local[person] for person in units.members[unit])
            for unit in dict.fromkeys(units.of[person] for person in members)
        )
        of = [0] * len(members)
        for unit, persons in enumerate(mine):
            for person in persons:
                of[person] = unit
        return Units(mine, tuple(of))

    def _restrict(self, index: int, term: Term, members: Sequence[int], local: dict[int, int]) -> Term:
        """The term as it prices these people; what it says of everybody stays as it is."""
        carried = self._carried[index]

        def carriers(items: Iterable[int] = ()) -> dict[int, People]:
            found: dict[int, list[int]] = {item: [] for item in items}
            for person in members:
                for item in carried[person]:
                    found.setdefault(item, []).append(local[person])
            return {item: tuple(found[item]) for item in sorted(found)}

        match term:
            case Count():
                found = carriers(self._always[index])
                return replace(term, values=tuple((mine, term.values[v][1]) for v, mine in found.items()))
            case Variety():
                return replace(term, values=tuple(carriers().values()))
            case Best():
                # Options keep their numbers, for slots are options; there are few.
                return replace(term, options=tuple(carriers(range(len(term.options))).values()))
            case Cover():
                return replace(term, topics=_topics(carriers()))
            case Home():
                homes = carriers()
                renumbered = {home: i for i, home in enumerate(homes)}
                return replace(
                    term,
                    home=tuple(renumbered[carried[person][0]] if carried[person] else None for person in members),
                    excess=tuple(tuple(term.excess[place][home] for home in homes) for place in homes),
                )
            case Pairs():
                both = [
                    (local[person], local[other])
                    for person in members
                    for other in carried[person]
                    if other > person and other in local
                ]
                return replace(term, pairs=tuple(both))
            case Scatter():
                return replace(term, groups=tuple(carriers().values()))
            case Likeness():
                rows = list(members)
                return replace(term, numerators=term.numerators[rows][:, rows], constant=0)
            case Mean():
                return replace(term, values=tuple(term.values[person] for person in members))
            case Place():
                return replace(
                    term,
                    costs={k: _some(costs, members) for k, costs in term.costs.items()},
                    elsewhere=None if term.elsewhere is None else _some(term.elsewhere, members),
                    waiting=None if term.waiting is None else _some(term.waiting, members),
                )
            case _:
                return term


def _some(costs: Sequence[int], members: Sequence[int]) -> tuple[int, ...]:
    return tuple(costs[person] for person in members)


def _topics(found: dict[int, People]) -> tuple[tuple[People, People], ...]:
    """(askers, offerers) of each topic that somebody asks, from items 2 topic and 2 topic + 1."""
    return tuple((askers, found.get(item + 1, ())) for item, askers in found.items() if item % 2 == 0 and askers)


def _carried(term: Term, people: int) -> list[list[int]]:
    """What each person carries of a term: numbers of values, options, homes, sets, topics or other people."""
    carried: list[list[int]] = [[] for _ in range(people)]
    carriers: Iterable[People] = ()
    match term:
        case Count():
            carriers = (mine for mine, _ in term.values)
        case Variety():
            carriers = term.values
        case Best():
            carriers = term.options
        case Scatter():
            carriers = term.groups
        case Cover():
            carriers = (mine for topic in term.topics for mine in topic)
        case Home():
            for person, home in enumerate(term.home):
                if home is not None:
                    carried[person].append(home)
        case Pairs():
            for one, other in term.pairs:
                carried[one].append(other)
                carried[other].append(one)
    for item, mine in enumerate(carriers):
        for person in mine:
            carried[person].append(item)
    return carried


def _always(term: Term) -> list[int]:
    """The values that cost something where nobody has them, so that every part has to know of them."""
    if not isinstance(term, Count):
        return []
    return [v for v, (_, band) in enumerate(term.values) if max(band.low) > 0 and not band.only_where_present]
