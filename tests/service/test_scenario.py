"""Changes to a programme: what they say, what they do, and what they suggest where a name is wrong."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from service.changes import (
    Changes,
    crossed,
    parsed_line,
    parsed_set,
    parsed_sweep,
    parsed_value,
    parsed_weight,
    read_scenarios,
)
from service.faults import InputError
from service.scenario import changed
from tests.service.small import asked, joiner

STANDING = asked()


def test_nothing_changed_asks_the_same() -> None:
    """The same people, rules and fingerprint."""
    same = changed(STANDING, Changes())
    assert same.question.problem.pool.ids == STANDING.question.problem.pool.ids
    assert [rule.name for rule in same.question.problem.rules] == [r.name for r in STANDING.question.problem.rules]
    assert same.sha256 == STANDING.sha256


def test_people_leave_and_come() -> None:
    """References to who left are left out, with a note; newcomers follow those who were there."""
    question = changed(STANDING, Changes(drop=("c1", "c5"), add=(joiner(apart_from="c0"),))).question
    assert question.ids == ("c0", "c2", "c3", "c4", "c6", "c7", "c8", "c9", "c10", "c11", "n1")
    assert question.problem.pins == {}
    assert [note.params["what"] for note in question.notes] == ["c1"]
    apart = next(rule for rule in question.problem.rules if rule.rule == "apart")
    assert apart.pairs == {(0, 10)}  # type: ignore[attr-defined]  # c0 and the newcomer


def test_rules_go_and_change_by_the_name_that_the_organiser_knows() -> None:
    """Made names stay when a rule before them goes; a weight replaces a must and the other way round."""
    changes = Changes(without=("spread sector",), weight=(("apart", 9), ("exchange", "must")))
    rules = {rule.name: rule for rule in changed(STANDING, changes).question.problem.rules}
    assert "spread sector" not in rules
    assert rules["apart"].weight == 9
    assert rules["exchange"].is_must


def test_keys_are_set_by_path() -> None:
    """By name in lists of tables; one way of counting networks replaces the other."""
    changes = Changes(set=(("networks.fixed.Gent.max_size", 9), ("networks.max_count", 4), ("meetings.count", 2)))
    tables = changed(STANDING, changes).origin.tables
    assert tables["networks"]["fixed"][0]["max_size"] == 9
    assert "count" not in tables["networks"]
    assert tables["meetings"]["count"] == 2


def test_a_network_a_slot_and_a_pin_are_taken_away() -> None:
    """Together with what speaks of them."""
    rows = asked(meetings={"count": 0})
    without = changed(rows, Changes(without=("network:Gent",))).question
    assert [network.fixed for network in without.problem.networks] == [False, False]
    assert without.problem.pins == {}
    assert changed(rows, Changes(without=("slot:tue-pm",))).question.problem.networks[0].slot is None
    assert changed(rows, Changes(without=("pin:c1",))).question.problem.pins == {}


def test_a_split_network_gets_another_beside_it() -> None:
    """With limits like its own, and one network more in all."""
    networks = changed(STANDING, Changes(split=("Gent",))).question.problem.networks
    assert [network.name for network in networks if network.fixed] == ["Gent", "Gent 2"]
    assert len(networks) == 4


@pytest.mark.parametrize(
    ("changes", "found", "nearest"),
    [
        (Changes(drop=("c111",)), "c111", "c11"),
        (Changes(without=("spread secter",)), "spread secter", "spread sector"),
        (Changes(weight=(("exchang", 2),)), "exchang", "exchange"),
        (Changes(set=(("networks.max_sise", 4),)), "max_sise", "max_size"),
        (Changes(set=(("networks.fixed.Gend.max_size", 4),)), "Gend", "Gent"),
        (Changes(without=("pin:c11",)), "c11", "c1"),
        (Changes(absent=(("c13", 1),)), "c13", "c1"),
    ],
)
def test_a_name_that_is_not_there_suggests_the_nearest_that_is(changes: Changes, found: str, nearest: str) -> None:
    """Of people, rules, keys, networks and pins."""
    with pytest.raises(InputError) as error:
        changed(STANDING, changes)
    assert [(fault.found, fault.nearest) for fault in error.value.faults] == [(found, nearest)]


def test_every_fault_of_the_changes_is_told_at_once() -> None:
    """Two ids, a rule and a key."""
    changes = Changes(drop=("x1", "x2"), without=("nix",), set=(("rules.nix.weight", 3),))
    with pytest.raises(InputError) as error:
        changed(STANDING, changes)
    assert len(error.value.faults) == 4


def test_a_line_says_the_changes_again() -> None:
    """Whatever their spelling, a shell reads back what was said."""
    changes = Changes(
        drop=("c1",),
        set=(("networks.fixed.Gent.accepts", {"language": ["nl", "f r"]}), ("language", "fr"), ("networks.count", 4)),
        without=("pin:c1", "met = erin"),
        weight=(("a = b", 9), ("c", "must")),
        absent=(("c2", 3),),
        merge=(("A b", "C"),),
        split=("D",),
    )
    assert parsed_line(shlex.split(changes.line()), Path()) == changes


def test_values_are_read_as_toml_or_as_they_stand() -> None:
    """Numbers, truth, lists; a share or a word needs no quotes."""
    assert [parsed_value(text) for text in ("12", "true", '["nl"]', "40%", "must", '"12"')] == [
        12, True, ["nl"], "40%", "must", "12",
    ]  # fmt: skip


def test_a_sweep_is_a_row_of_scenarios() -> None:
    """A range, with a step, or a list; two sweeps cross."""
    assert [one.value for one in parsed_sweep("networks.count=2..4")] == ["2", "3", "4"]
    assert [one.value for one in parsed_sweep("networks.count=2..8..3")] == ["2", "5", "8"]
    assert [one.changes.set for one in parsed_sweep("language=nl,fr")] == [(("language", "nl"),), (("language", "fr"),)]
    row = crossed([parsed_sweep("a=1..2"), parsed_sweep("b=1..3")], Changes(drop=("c1",)))
    assert len(row) == 6
    assert all(one.changes.drop == ("c1",) for one in row)


def test_a_file_of_scenarios_has_names_and_comments() -> None:
    """Names before a colon; blank lines and comments are nothing; a rule's name may have a colon."""
    text = "# comment\n\ngroter: --set networks.max_size=12\n--drop c1 --without 'a: b'\n"
    found = read_scenarios(text, file="s.txt", folder=Path("x"))
    assert [one.name for one in found] == ["groter", "--without 'a: b' --drop c1"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [("--drp c1\n--set x\n--weight a=b\n--drop 'c\n", [1, 2, 3, 4]), ("", [None]), ("rubbish\n", [1])],
)
def test_every_line_that_is_wrong_is_named(text: str, rows: list[int | None]) -> None:
    """With its number; a file without scenarios is a fault of the file."""
    with pytest.raises(InputError) as error:
        read_scenarios(text, file="s.txt", folder=Path())
    assert [fault.row for fault in error.value.faults] == rows


@pytest.mark.parametrize("text", ["networks.count", "=3", "networks.count=", "networks.count=6..2", "a=1..999999"])
def test_a_sweep_that_cannot_be_read_says_how(text: str) -> None:
    """Each with an example."""
    with pytest.raises(InputError) as error:
        parsed_sweep(text)
    assert error.value.code == "bad_switch"


@pytest.mark.parametrize("reader", [parsed_set, parsed_weight])
def test_half_a_switch_is_a_fault(reader: object) -> None:
    """Nothing after the equals sign."""
    with pytest.raises(InputError):
        reader("x=")  # type: ignore[operator]
