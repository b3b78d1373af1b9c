"""Why here, in words: what a network gives one person, and what forbids a place. Names nobody but that person."""

from __future__ import annotations

from collections.abc import Collection
from math import ceil

from service.candidates import same_value_key
from service.question import Question
from service.report.telling import Teller
from service.words import say
from solver.ledger import Ledger
from solver.price import Breach
from solver.problem import Composition
from solver.rules.near import great_circle_km

SHARED = ("role", "sector", "region", "language", "size_class")
"""Columns of which it is told how many others in the network have the same."""


def gains(
    question: Question, person: int, network: int, others: Collection[int], composition: Composition
) -> list[str]:
    """What this network gives somebody, given its other members: who is like them, what is offered, how far, when.

    Numbers only: who the others are, and what they are, is theirs.
    """
    tell = Teller(question.programme.language)
    people = sorted(set(others) - {person})
    found = []
    for column in SHARED:
        mine = _values(question, person, column)
        if mine:
            same = sum(bool(mine & _values(question, other, column)) for other in people)
            if same:
                found.append(tell("gain.shared", column=tell.heading(column), n=same, of=len(people)))
    found += _topics(question, person, people, tell)
    far = distance(question, person, network)
    if far is not None:
        found.append(tell("gain.distance", km=ceil(far)))
    slot = composition.slots[network]
    if slot is not None:
        key = same_value_key(question.problem.slots[slot])
        mine = _values(question, person, "available")
        if mine:
            said = "gain.slot_suits" if key in mine else "gain.slot_does_not"
            found.append(tell(said, slot=tell.slot(question.problem.slots[slot])))
    return found


def _topics(question: Question, person: int, people: list[int], tell: Teller) -> list[str]:
    """How many of somebody's asks the others offer, and how many of the others ask what they offer."""
    found = []
    asks, offers = _values(question, person, "asks"), _values(question, person, "offers")
    if asks:
        offered = set().union(*(_values(question, other, "offers") for other in people)) if people else set()
        found.append(tell("gain.asks", met=len(asks & offered), n=len(asks)))
    if offers:
        asking = sum(bool(offers & _values(question, other, "asks")) for other in people)
        if asking:
            found.append(tell("gain.offers", n=asking))
    return found


def _values(question: Question, person: int, column: str) -> set[str]:
    return set(map(same_value_key, question.candidates.candidates[person].values(column)))


def distance(question: Question, person: int, network: int) -> float | None:
    """Kilometres to the meeting place of a network, where both are known."""
    home, place = question.problem.pool.location(person), question.problem.networks[network].place
    return None if home is None or place is None else great_circle_km(home, place)


def breach_said(question: Question, breach: Breach, ledger: Ledger) -> str:
    """What forbids a place, in words."""
    networks = question.problem.networks
    name = "" if breach.network is None else networks[breach.network].name
    size = 0 if breach.network is None else len(ledger.members.get(breach.network, ()))
    language = question.programme.language
    if breach.code == "size" and breach.network is not None:
        full = size >= networks[breach.network].max_size
        return say(language, "place.full" if full else "place.too_small", network=name, n=size)
    person = "" if breach.person is None else question.ids[breach.person]
    return say(language, f"breach.{breach.code}", network=name, person=person, n=size)
