"""How the people stand against each wish, before anything is solved."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.candidates import CandidateList
from service.faults import InputError
from service.files import NoFiles
from service.intake.tables import Objects
from service.pool import Standings, Verdict, standings
from service.programme import Programme, read_programme
from service.question import ask
from service.reading import gather
from service.words import LANGUAGES
from solver.problem import WAITING, Composition, Problem
from solver.rotation.problem import group_sizes
from solver.rules.base import Group, GroupRule


def asked(rules: list[dict[str, Any]], **networks: Any) -> Programme:
    return read_programme({"name": "Small", "networks": networks, "meetings": {"count": 0}, "rules": rules})


def people(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": f"c{number}", **row} for number, row in enumerate(rows)]


def counted(programme: Programme, rows: list[dict[str, Any]]) -> Standings:
    return standings(programme, listed(programme, rows))


def listed(programme: Programme, rows: list[dict[str, Any]]) -> CandidateList:
    return gather(programme, [Objects("candidates", rows)])


def test_six_women_a_network_is_impossible_with_ten_women_and_two_networks() -> None:
    """Two networks need twelve women; there are ten."""
    programme = asked(
        [{"rule": "limit", "attribute": "gender", "value": "woman", "min": 6, "strength": "must"}],
        count=2, min_size=8, max_size=14,
    )  # fmt: skip
    found = counted(programme, people(*[{"gender": "woman"}] * 10, *[{"gender": "man"}] * 10))
    assert found.rules[0].verdict is Verdict.IMPOSSIBLE
    assert found.rules[0].texts("en") == [
        "10 people have “woman”.",
        "2 networks need at least 12 together: 2 too few.",
    ]


def test_six_women_a_network_is_tight_with_thirteen_and_possible_with_twenty() -> None:
    rule = {"rule": "limit", "attribute": "gender", "value": "woman", "min": 6}
    programme = asked([rule], count=2, min_size=8, max_size=14)
    men = [{"gender": "man"}] * 5
    assert counted(programme, people(*[{"gender": "woman"}] * 13, *men)).rules[0].verdict is Verdict.TIGHT
    assert counted(programme, people(*[{"gender": "woman"}] * 20, *men)).rules[0].verdict is Verdict.POSSIBLE


def test_four_sectors_a_network_says_how_many_there_are() -> None:
    programme = asked([{"rule": "spread", "attribute": "sector", "min_values": 4}], count=1, min_size=4, max_size=9)
    three = counted(programme, people(*[{"sector": sector} for sector in "abc"] * 2)).rules[0]
    assert three.verdict is Verdict.IMPOSSIBLE
    assert three.texts("nl")[0] == "3 verschillende sectoren."
    six = counted(programme, people(*[{"sector": sector} for sector in "abcdef"], {})).rules[0]
    assert six.verdict is Verdict.POSSIBLE
    assert six.texts("en") == ["6 different sectors.", "One person has nothing at sector."]


def test_an_organisation_with_more_people_than_networks_has_people_wait_or_is_impossible() -> None:
    """Three colleagues, two networks, one of a kind each: one waits, unless nobody may."""
    rows = people(*[{"organisation": "Acme"}] * 3, {"organisation": "b"}, {"organisation": "c"})
    rule = {"rule": "distinct", "attribute": "organisation", "strength": "must"}
    waiting = asked([rule], count=2, min_size=2, max_size=3)
    assert counted(waiting, rows).rules[0].verdict is Verdict.TIGHT
    never = asked([rule], count=2, min_size=2, max_size=3, waitlist="never")
    assert counted(never, rows).rules[0].verdict is Verdict.IMPOSSIBLE


def test_more_people_than_places_wait_and_too_few_fill_nothing() -> None:
    rows = people(*[{}] * 10)
    assert counted(asked([], count=2, max_size=4), rows).room.texts("en")[-1] == "At least 2 people will have to wait."
    assert counted(asked([], count=2, max_size=4, waitlist="never"), rows).room.verdict is Verdict.IMPOSSIBLE
    few = counted(asked([], count=2, min_size=6, max_size=8), rows).room
    assert (few.verdict, few.texts("en")[-1]) == (Verdict.IMPOSSIBLE, "2 people too few to fill the networks.")


def test_a_gap_between_sizes_leaves_people_waiting() -> None:
    """One network holds up to 4, two hold at least 6: five people fit neither, so one waits."""
    found = counted(asked([], min_count=1, max_count=2, min_size=3, max_size=4), people(*[{}] * 5))
    assert found.room.verdict is Verdict.TIGHT
    assert found.room.texts("en")[-1] == "At least one person will have to wait."


def test_a_rule_about_a_column_that_nobody_has_is_told_beside_that_rule() -> None:
    """The other rules are counted all the same."""
    rules = [{"rule": "same", "attribute": "shoe"}, {"rule": "spread", "attribute": "sector", "min_values": 2}]
    found = counted(asked(rules, count=1, min_size=2), people({"sector": "a"}, {"sector": "a"}))
    assert [found.rules[0].verdict, found.rules[1].verdict] == [Verdict.UNKNOWN, Verdict.IMPOSSIBLE]
    assert "shoe" in found.rules[0].texts("en")[0]


def test_ten_meetings_of_nine_repeat_at_least_fifty_four_times() -> None:
    """The figures of the contract: 90 meetings of pairs, 36 pairs."""
    programme = read_programme(
        {
            "name": "Nine",
            "networks": {"count": 1, "min_size": 9, "max_size": 9},
            "meetings": {"count": 10},
            "rules": [{"rule": "meet_new"}, {"rule": "meet_new", "at_most": 3, "strength": "must"}],
        }
    )
    found = counted(programme, people(*[{}] * 9))
    assert found.rules[0].verdict is Verdict.IMPOSSIBLE
    assert "at least 54 repeats" in found.rules[0].texts("en")[0]
    assert found.rules[1].verdict is Verdict.POSSIBLE


# proofs against every composition of a tiny world


VALUES = ["", "a", "b", "c", "a|b"]
RULES: list[dict[str, Any]] = [
    {"rule": "same", "attribute": "colour"},
    {"rule": "spread", "attribute": "colour"},
    {"rule": "spread", "attribute": "colour", "min_values": 2},
    {"rule": "spread", "attribute": "colour", "min_values": 3},
    {"rule": "limit", "attribute": "colour", "value": "a", "min": 2},
    {"rule": "limit", "attribute": "colour", "value": "a", "max": 1},
    {"rule": "limit", "attribute": "colour", "value": "a", "min": "50%", "max": "60%"},
    {"rule": "limit", "attribute": "colour", "min": 1},
    {"rule": "limit", "attribute": "colour", "max": "40%"},
    {"rule": "not_alone", "attribute": "colour"},
    {"rule": "not_alone", "attribute": "colour", "value": "b", "at_least": 3},
    {"rule": "balance", "attribute": "colour"},
    {"rule": "distinct", "attribute": "colour"},
    {"rule": "distinct", "attribute": "colour", "at_most": 2},
    {"rule": "apart"},
    {"rule": "together", "groups": [["c0", "c1", "c2"]]},
    {"rule": "available", "share": "100%"},
    {"rule": "available", "share": "60%"},
    {"rule": "exchange"},
    {"rule": "wish"},
    {"rule": "commitment", "min_meetings": 3, "project": True},
    {"rule": "facilitated"},
    {"rule": "place"},
]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    count = draw(st.integers(2, 5))
    ids = [f"c{number}" for number in range(count)]
    rows = [
        {
            "id": id_,
            "colour": draw(st.sampled_from(VALUES)),
            "available": draw(st.sampled_from(["", "mon-am", "tue-pm", "mon-am|tue-pm"])),
            "asks": draw(st.sampled_from(["", "x", "y"])),
            "offers": draw(st.sampled_from(["", "x", "y", "x|y"])),
            "meetings": draw(st.sampled_from(["", "2", "4"])),
            "project": draw(st.sampled_from(["", "p"])),
            "network_wish": draw(st.sampled_from(["", "Gent"])),
            "apart_from": draw(st.sampled_from(["", *(other for other in ids if other != id_)])),
        }
        for id_ in ids
    ]
    low = draw(st.integers(1, 3))
    networks: dict[str, Any] = {"min_size": low, "max_size": draw(st.integers(low, 4))}
    networks["waitlist"] = draw(st.sampled_from(["allowed", "never"]))
    if draw(st.booleans()):
        networks["count"] = draw(st.integers(1, 2))
    else:
        networks |= {"min_count": 1, "max_count": 2}
    fixed = {"name": "Gent", "slot": draw(st.sampled_from(["mon-am", "tue-pm"]))}
    networks["fixed"] = [fixed]
    rule = draw(st.sampled_from(RULES))
    if rule["rule"] == "together" and count < 3:
        rule = {"rule": "together", "groups": [["c0", "c1"]]}
    if rule["rule"] not in {"together", "place"} and draw(st.integers(0, 3)) == 0:
        rule = {**rule, "networks": ["Gent"]}
    programme: dict[str, Any] = {
        "name": "Tiny", "networks": networks, "meetings": {"count": 0}, "rules": [rule], "keep": ["colour"]
    }  # fmt: skip
    if draw(st.booleans()):
        programme["facilitators"] = [{"id": "F", "max_networks": 1}]
    return programme, rows


def compositions(problem: Problem) -> list[Composition]:
    """Every way to form the networks that sizes, counts and the waitlist allow."""
    found = []
    kinds = range(len(problem.networks))
    for places in product([WAITING, *kinds], repeat=problem.pool.size):
        if any(places[person] == WAITING for person in problem.must_place):
            continue
        sizes = [places.count(k) for k in kinds]
        formed = [k for k in kinds if sizes[k]]
        if len(formed) < problem.min_count or any(not sizes[k] for k in range(problem.fixed_count)):
            continue
        if any(not problem.networks[k].min_size <= sizes[k] <= problem.networks[k].max_size for k in formed):
            continue
        leaders: list[int | None] = [None] * len(problem.networks)
        if problem.facilitators:
            leaders[formed[0]] = 0
        slots = tuple(network.slot for network in problem.networks)
        found.append(Composition(places, slots, tuple(leaders)))
    return found


@settings(max_examples=600)
@given(worlds())
def test_impossible_is_never_said_of_what_some_composition_does(
    world: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    """Every composition of up to five people in two networks is tried."""
    tables, rows = world
    programme = read_programme(tables)
    candidates = listed(programme, rows)
    try:
        problem = ask(programme, candidates, NoFiles()).problem
    except InputError:
        return
    found = standings(programme, candidates)
    every = compositions(problem)
    if found.room.verdict is Verdict.IMPOSSIBLE:
        assert not every
    if found.rules[0].verdict is Verdict.IMPOSSIBLE:
        (rule,) = problem.rules
        assert all(rule.violations(problem, each) for each in every)
    for language in LANGUAGES:
        assert all(text and "{" not in text for text in found.rules[0].texts(language) + found.room.texts(language))


@pytest.mark.parametrize("name", ["hr-managers", "sme-owners", "technical-services", "impossible", "education-domain"])
def test_the_fixtures_are_told_in_every_language(name: str, fixtures: Any) -> None:
    """The one that is made impossible on purpose is seen to be; the others, which have proposals, are not."""
    from service.programme import draft_programme, parse_toml

    folder = fixtures / name
    programme = draft_programme(parse_toml((folder / "programme.toml").read_bytes(), file="p"), file="p").programme
    assert programme is not None
    candidates = gather(programme, [folder / each for each in programme.candidates], skip_bad_rows=True)
    found = standings(programme, candidates)
    impossible = [
        programme.rules[index].name
        for index, standing in found.rules.items()
        if standing.verdict is Verdict.IMPOSSIBLE and programme.rules[index].must
    ]
    assert bool(impossible) == (name == "impossible")
    for language in LANGUAGES:
        assert all(standing.texts(language) is not None for standing in found.rules.values())


def partitions(people: tuple[int, ...], sizes: tuple[int, ...]) -> list[tuple[tuple[int, ...], ...]]:
    """Every way to split people into groups of these sizes."""
    if not sizes:
        return [()]
    found = []
    for group in combinations(people, sizes[0]):
        rest = tuple(person for person in people if person not in group)
        found += [(group, *others) for others in partitions(rest, sizes[1:])]
    return found


@given(
    count=st.integers(2, 5),
    size=st.integers(2, 3),
    meetings=st.integers(1, 3),
    rule=st.sampled_from(
        [
            {"rule": "meet_new"},
            {"rule": "meet_new", "at_most": 2, "strength": "must"},
            {"rule": "spread", "attribute": "colour", "min_values": 2, "within": "trio"},
            {"rule": "spread", "attribute": "colour", "min_values": 3, "within": "trio"},
        ]
    ),
    data=st.data(),
)
def test_impossible_is_never_said_of_meetings_that_some_plan_has(
    count: int, size: int, meetings: int, rule: dict[str, Any], data: st.DataObject
) -> None:
    """One network of two to five people: every plan of up to three meetings is tried."""
    rows = people(*({"colour": data.draw(st.sampled_from(VALUES))} for _ in range(count)))
    programme = read_programme(
        {
            "name": "Tiny",
            "networks": {"count": 1, "min_size": count, "max_size": count},
            "meetings": {"count": meetings, "group_size": size},
            "keep": ["colour"],
            "rules": [rule],
        }
    )
    candidates = listed(programme, rows)
    try:
        problem = ask(programme, candidates, NoFiles()).problem
    except InputError:
        return
    if standings(programme, candidates).rules[0].verdict is not Verdict.IMPOSSIBLE:
        return
    (asked_rule,) = problem.trio_rules
    once = partitions(tuple(range(count)), group_sizes(count, size))
    for plan in product(once, repeat=meetings):
        groups = [group for meeting in plan for group in meeting]
        if isinstance(asked_rule, GroupRule):
            price = asked_rule.pricer(problem.pool)
            assert any(price(Group(group)) for group in groups)
        else:
            met = Counter(pair for group in groups for pair in combinations(sorted(group), 2))
            assert max(met.values(), default=0) > rule.get("at_most", 1)
