"""Rules as plain sentences, and the form of a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from service.programme import read_programme
from service.rule_form import answers_of, every_rule, read_answers, rule_asked_for
from service.wording import sentence, titles, wishes
from service.words import LANGUAGES, catalogue
from solver.rules import RULES
from solver.rules.base import Parameter, Words, parameter
from solver.rules.same import Same


def said(rule: dict[str, Any], language: str) -> str:
    programme = read_programme({"name": "P", "networks": {"fixed": [{"name": "Gent"}]}, "rules": [rule]})
    (wish,) = wishes(programme, language)
    return f"{wish.sentence} — {wish.strength}"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "At least four different sectors in each network — weight 5"),
        ("nl", "Minstens vier verschillende sectoren in elk netwerk — gewicht 5"),
        ("fr", "Au moins quatre secteurs dans chaque réseau — poids 5"),
        ("de", "Mindestens vier verschiedene Branchen in jedem Netzwerk — Gewicht 5"),
    ],
)
def test_a_wish_is_a_plain_sentence_in_every_language(language: str, expected: str) -> None:
    assert said({"rule": "spread", "attribute": "sector", "min_values": 4, "weight": 5}, language) == expected


def test_a_column_of_the_organisers_own_is_named_as_it_is() -> None:
    rule = {"rule": "limit", "attribute": "gender", "value": "woman", "min": 6, "strength": "must"}
    assert said(rule, "en") == "At least six people with “woman” in each network — must"
    spread = {"rule": "spread", "attribute": "Schooltype"}
    assert said(spread, "en") == "As many different values of “Schooltype” as possible in each network — weight 1"


def test_a_share_a_limit_to_networks_and_a_trio_are_said() -> None:
    assert said({"rule": "available", "share": "80%", "networks": ["Gent"]}, "en").startswith(
        "At least 80% of the people in Gent can come"
    )
    assert said({"rule": "distinct", "attribute": "organisation", "within": "trio"}, "en").startswith(
        "No two people from the same organisation in each small group"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_sentence_a_title_and_help_in_every_language(rule: str, language: str) -> None:
    words = catalogue(language)
    assert f"ask_rule.{rule}" in words
    assert f"ask_rule_help.{rule}" in words
    assert any(key == f"ask_say.{rule}" or key.startswith(f"ask_say.{rule}_") for key in words)
    form = rule_asked_for(rule, language)
    assert all(field.label and field.help for field in form.fields)


def test_a_new_rule_has_a_sentence_and_a_form_before_anybody_writes_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """From its definition and its parameters alone."""

    @dataclass(frozen=True, kw_only=True)
    class Birthday(Same):
        rule: ClassVar[str] = "birthday"
        definition: ClassVar[Words] = Words(nl="taart", fr="gâteau", en="cake with {candles} candles", de="Kuchen")
        candles: int = parameter(Parameter.COUNT, default=3)

    monkeypatch.setitem(RULES, "birthday", Birthday)
    form = rule_asked_for("birthday", "en")
    assert [(field.key, field.label, field.help) for field in form.fields][-1] == (
        "candles", "Candles", "A whole number, 1 or more."
    )  # fmt: skip
    rule = {"rule": "birthday", "attribute": "sector", "candles": 12}
    assert said(rule, "en") == "Cake with twelve candles — weight 1"


def test_what_a_form_shows_reads_back_as_it_was() -> None:
    for rule in (
        {"rule": "limit", "attribute": "gender", "value": "woman", "min": 6, "max": "40%"},
        {"rule": "near", "max_km": 12.5},
        {"rule": "near", "same_region": True},
        {"rule": "apart", "pairs": [["c1", "c2"], ["c3", "c4"]]},
        {"rule": "diverse", "attributes": ["sector", "years"]},
        {"rule": "meet_new", "at_most": 2, "history": [["a", "b", "c"]]},
        {"rule": "stay", "baseline": {"networks": []}},
    ):
        read, faults = read_answers(str(rule["rule"]), answers_of(rule), before=rule)
        assert ({"rule": rule["rule"], **read}, faults) == (rule, [])


def test_an_answer_that_is_no_number_is_a_fault_beside_its_field() -> None:
    read, faults = read_answers("limit", {"attribute": ["gender"], "min": ["many"], "max": ["40 %"]})
    assert read == {"attribute": "gender", "max": "40%"}
    assert [(fault.code, fault.pointer, fault.found) for fault in faults] == [("not_amount", "min", "many")]


def test_every_rule_is_offered_once() -> None:
    assert sorted(form.rule for form in every_rule("nl")) == sorted(RULES)


def test_a_rule_is_called_as_its_organiser_named_it_and_else_by_its_sentence() -> None:
    """A name that Kring makes, with its number where there are two, is for programs."""
    spread = {"rule": "spread", "attribute": "sector"}
    programme = read_programme(
        {"name": "P", "networks": {"count": 1}, "rules": [spread, {**spread, "weight": 2}, {**spread, "name": "mix"}]}
    )
    called = titles(programme, "en")
    assert called["spread sector"] == called["spread sector 2"] == sentence(programme.rules[0], "en")
    assert called["mix"] == "mix"
