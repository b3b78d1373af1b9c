"""Makes the report of a proposal: the same facts for every rendering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from service.candidates import same_value_key
from service.proposal_file import Proposal
from service.question import Question
from service.report.mixes import means, mixes
from service.report.model import (
    Aside,
    CompositionProof,
    Encounter,
    Help,
    Meeting,
    Member,
    Network,
    Part,
    Person,
    Private,
    Report,
    RotationProof,
    Shared,
    Topic,
    Trio,
    Waiting,
)
from service.report.people import PRIVATE_COLUMNS, Directory, public_id, without_address
from service.report.rule_rows import RuleWriter
from service.report.telling import Teller


def report_of(question: Question, proposal: Proposal, language: str | None = None) -> Report:
    """The organiser's report of a proposal, in the language of the programme unless another is asked for."""
    tell = Teller(language or question.programme.language)
    directory = Directory(question, tell)
    rules = RuleWriter(question, directory, tell)
    number = {id_: index for index, id_ in enumerate(question.ids)}
    rosters = [
        (network["name"], [number[id_] for id_ in network["members"] if id_ in number])
        for network in proposal["networks"]
    ]
    kept_waiting = {pin.candidate for pin in question.programme.pins if pin.network == "waitlist"}
    composition = proposal["composition"]
    return Report(
        shared=shared_of(question, proposal, directory),
        optimal=proposal["status"] == "optimal",
        people=len(question.ids),
        composition=CompositionProof(
            composition["status"] == "optimal",
            _part(composition),
            composition["waiting"],
            composition["least_waiting"],
        ),
        rotations=tuple(map(_rotation_proof, proposal["rotations"])),
        mixes=tuple(mixes(question, rosters)),
        means=tuple(means(question, rosters)),
        rules=(*rules.of_composition(proposal), *rules.of_rotations(proposal)),
        waitlist=tuple(
            Waiting(directory.person(row["id"]), row["why"], pinned=row["id"] in kept_waiting)
            for row in proposal["waitlist"]
        ),
        set_aside=tuple(Aside(row.get("file"), row["row"], row["why"]) for row in proposal["set_aside"]),
        notes=tuple(proposal.get("notes", ())),
        private=tuple(_private(directory, proposal)),
        made_by=_made_by(proposal, tell),
    )


def shared_of(question: Question, proposal: Proposal, directory: Directory | None = None) -> Shared:
    """What members may see of a proposal."""
    programme = question.programme
    directory = directory or Directory(question, Teller(programme.language))
    rotations = {rotation["network"]: rotation["meetings"] for rotation in proposal["rotations"]}
    networks = tuple(
        _network(network, rotations.get(network["name"], ()), directory, programme.meetings.keep)
        for network in proposal["networks"]
    )
    return Shared(
        programme=proposal["programme"]["name"],
        language=directory.tell.language,
        sha256=proposal["programme"]["sha256"],
        timezone=programme.meetings.timezone,
        minutes=programme.meetings.minutes,
        keep=programme.meetings.keep,
        columns=directory.columns,
        kept=directory.kept,
        has_codes=all(member.person.code for network in networks for member in network.members),
        networks=networks,
    )


def _network(
    stated: Mapping[str, Any], meetings: Sequence[Mapping[str, Any]], directory: Directory, keep: int
) -> Network:
    people = tuple(directory.person(id_) for id_ in stated["members"])
    told = tuple(_meeting(meeting, directory) for meeting in meetings)
    met = _encounters(people, told)
    trios = [trio for meeting in told for trio in meeting.trios]
    attends = Counter(person.id for trio in trios for person in trio.members)
    turns = Counter(trio.case_giver.id for trio in trios if trio.case_giver is not None)
    received, given = _give_and_take(people, told, directory)
    asking, offering = (_carriers(people, directory, column) for column in ("asks", "offers"))
    leader = stated["facilitator"]
    return Network(
        name=stated["name"],
        kind=stated["kind"],
        region=stated["region"],
        place=stated["place"],
        slot=stated["slot"],
        facilitator=None if leader is None else public_id(leader),
        members=tuple(
            Member(
                person=person,
                pinned=person.id in stated["pinned"],
                asks=_topics(person, directory.values(person, "asks"), offering),
                offers=_topics(person, directory.values(person, "offers"), asking),
                attends=attends[person.id],
                case_turns=turns[person.id],
                encounters=tuple(
                    Encounter(other, met.get((person.id, other.id), ())) for other in people if other is not person
                ),
                received=tuple(received.get(person.id, ())),
                given=tuple(given.get(person.id, ())),
            )
            for person in people
        ),
        meetings=told,
        matrix=tuple(
            tuple(len({(number - 1) // keep for number in met.get((one.id, other.id), ())}) for other in people)
            for one in people
        )
        if told
        else (),
    )


def _meeting(stated: Mapping[str, Any], directory: Directory) -> Meeting:
    return Meeting(
        number=stated["number"],
        start=None if stated["date"] is None else datetime.fromisoformat(stated["date"]),
        trios=tuple(
            Trio(
                number,
                tuple(map(directory.person, trio["members"])),
                None if trio["case_giver"] is None else directory.person(trio["case_giver"]),
            )
            for number, trio in enumerate(stated["trios"], 1)
        ),
        absent=tuple(map(directory.person, stated["absent"])),
    )


def _encounters(people: Sequence[Person], meetings: Sequence[Meeting]) -> dict[tuple[str, str], tuple[int, ...]]:
    """The meetings at which two current members share a trio, by their ids, either way round."""
    current = {person.id for person in people}
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for meeting in meetings:
        for trio in meeting.trios:
            ids = [person.id for person in trio.members if person.id in current]
            for one, other in combinations(ids, 2):
                for pair in ((one, other), (other, one)):
                    found[pair] = (*found.get(pair, ()), meeting.number)
    return found


def _give_and_take(
    people: Sequence[Person], meetings: Sequence[Meeting], directory: Directory
) -> tuple[dict[str, list[Help]], dict[str, list[Help]]]:
    """What each current member receives as case giver and gives as consultant, by id: asks that meet offers."""
    current = {person.id for person in people}
    offers = {person.id: set(map(same_value_key, directory.values(person, "offers"))) for person in people}
    received: dict[str, list[Help]] = {}
    given: dict[str, list[Help]] = {}
    for meeting in meetings:
        for trio in meeting.trios:
            giver = trio.case_giver
            if giver is None or giver.id not in current:
                continue
            for ask in directory.values(giver, "asks"):
                topic, key = without_address(ask), same_value_key(ask)
                helpers = tuple(each for each in trio.consultants if key in offers.get(each.id, ()))
                if helpers:
                    received.setdefault(giver.id, []).append(Help(topic, meeting.number, helpers))
                for helper in helpers:
                    given.setdefault(helper.id, []).append(Help(topic, meeting.number, (giver,)))
    return received, given


def _carriers(people: Sequence[Person], directory: Directory, column: str) -> dict[str, tuple[Person, ...]]:
    """Who has each value of a column."""
    found: dict[str, tuple[Person, ...]] = {}
    for person in people:
        for value in directory.values(person, column):
            key = same_value_key(value)
            found[key] = (*found.get(key, ()), person)
    return found


def _topics(person: Person, topics: Sequence[str], others: Mapping[str, tuple[Person, ...]]) -> tuple[Topic, ...]:
    """What somebody asks (or offers), with the other members who offer (or ask) it."""
    return tuple(
        Topic(
            without_address(topic),
            tuple(other for other in others.get(same_value_key(topic), ()) if other.id != person.id),
        )
        for topic in topics
    )


def _part(stated: Mapping[str, Any]) -> Part:
    return Part(stated["objective"], stated["bound"], stated["gap"])


def _rotation_proof(stated: Mapping[str, Any]) -> RotationProof:
    return RotationProof(
        network=stated["network"],
        optimal=stated["status"] == "optimal",
        repeats=stated["repeats"],
        least_repeats=stated["least_repeats"],
        balance=None if stated["balance"] is None else _part(stated["balance"]),
        rest=_part(stated["rest"]),
    )


def _private(directory: Directory, proposal: Proposal) -> list[Private]:
    """What the organiser alone reads, of everybody who has any of it; ids are turned into names."""
    sits = {id_: network["name"] for network in proposal["networks"] for id_ in network["members"]}
    found = []
    for candidate in directory.candidates.values():
        facts = []
        for column in PRIVATE_COLUMNS:
            values = candidate.values(column)
            if column in ("apart_from", "together_with"):
                values = tuple(directory.person(id_).name for id_ in values)
            if values:
                facts.append((column, ", ".join(values)))
        if facts:
            found.append(Private(directory.person(candidate.id), sits.get(candidate.id), tuple(facts)))
    return found


def _made_by(proposal: Proposal, tell: Teller) -> str:
    return tell(
        "report.made_by",
        version=proposal["kring"],
        seed=proposal["seed"],
        workers=proposal["workers"],
        sha256=proposal["programme"]["sha256"][:12],
    )
