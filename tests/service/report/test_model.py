"""The report says what the proposal says, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.programme import read_programme
from service.report import repeats, report_of, summary_of
from service.report.charts import bars, stacked
from service.report.rule_titles import rule_titles
from service.report.telling import Teller
from tests.service.report.world import PEOPLE, people, programme, proposal, question


def test_members_know_whom_they_meet_and_when() -> None:
    """Dirk misses meeting 2, so Ann meets him at meetings 1 and 3, and the others at all three."""
    gent = report_of(question(), proposal()).shared.networks[0]
    ann = gent.members[0]
    assert [(each.other.name, each.meetings) for each in ann.encounters] == [
        ("Bo Claes", (1, 2, 3)),
        ("Cé D'Hondt", (1, 2, 3)),
        ("Dirk Els", (1, 3)),
    ]
    assert gent.matrix == ((0, 3, 3, 2), (3, 0, 3, 2), (3, 3, 0, 2), (2, 2, 2, 0))
    assert gent.pairs_by_times() == {2: 3, 3: 3}
    assert [(each.attends, each.case_turns, each.has_met) for each in gent.members] == [
        (3, 1, 3),
        (3, 1, 3),
        (3, 1, 3),
        (2, 0, 3),
    ]


def test_trios_that_stay_together_count_once() -> None:
    """With keep = 2, meetings 1 and 2 are one block and meeting 3 another: Ann and Bo share two blocks."""
    tables = programme()
    tables["meetings"] = {**tables["meetings"], "keep": 2}
    assert report_of(question(tables), proposal()).shared.networks[0].matrix[0] == (0, 2, 2, 2)


def test_asks_name_who_can_help() -> None:
    ann, bo = report_of(question(), proposal()).shared.networks[0].members[:2]
    assert [(topic.name, [other.name for other in topic.others]) for topic in ann.asks] == [
        ("feedback", ["Bo Claes"]),
        ("planning", []),
    ]
    assert [(topic.name, [other.name for other in topic.others]) for topic in bo.offers] == [
        ("feedback", ["Ann Baert"])
    ]


def test_members_know_what_they_received_and_gave() -> None:
    """Ann asks feedback and Bo offers it: at the meeting where Ann brings her case, she receives it and Bo gives it."""
    gent = report_of(question(), proposal()).shared.networks[0]
    ann, bo = gent.members[:2]
    at = next(
        meeting.number
        for meeting in gent.meetings
        for trio in meeting.trios
        if trio.case_giver is not None and trio.case_giver.name == "Ann Baert"
    )
    assert [(each.topic, each.meeting, [p.name for p in each.others]) for each in ann.received] == [
        ("feedback", at, ["Bo Claes"])
    ]
    assert [(each.topic, each.meeting, [p.name for p in each.others]) for each in bo.given] == [
        ("feedback", at, ["Ann Baert"])
    ]


def test_a_network_knows_by_when_everybody_has_met_everybody() -> None:
    """One group of four: at the first meeting; without meetings there is nothing to say."""
    gent = report_of(question(), proposal()).shared.networks[0]
    assert gent.all_met_by == 1
    assert replace(gent, meetings=()).all_met_by is None


def test_mix_sets_a_network_against_everybody() -> None:
    """Two of five work in retail: of four members, 1.6 would be a fair share; one is there."""
    sector = next(mix for mix in report_of(question(), proposal()).mixes if mix.column == "sector")
    assert [(each.value, each.count, round(each.fair, 2), each.in_pool) for each in sector.slices] == [
        ("retail", 1, 1.6, 2),
        ("zorg", 2, 1.6, 2),
        ("bouw", 1, 0.8, 1),
    ]
    assert [(bar.width, bar.mark) for bar in bars(sector).bars] == [(50.0, 80.0), (100.0, 80.0), (50.0, 40.0)]


def test_stacked_bar_lumps_what_has_no_colour() -> None:
    """Nine values of one each: seven colours, and two ninths for the rest."""
    segments = stacked([(str(value), 1) for value in range(9)])
    assert len(segments) == 8
    assert (segments[-1].value, segments[-1].count, segments[-1].width) == (None, 2, 22.22)


def test_violations_name_people_for_the_organiser_only() -> None:
    rule = next(rule for rule in report_of(question(), proposal()).rules if rule.name == "apart")
    breach = rule.breaches[0]
    assert breach.text == "1 paar samen: Ann Baert - Bo Claes"
    assert breach.discreet == "1 paar samen: …"
    assert (rule.cost, rule.penalty, rule.bound) == (9, 1, 0)


def test_an_even_spread_comes_first_and_has_no_price() -> None:
    rule = report_of(question(), proposal()).rules[-1]
    assert (rule.strength, rule.penalty, rule.cost, rule.within_trios) == ("first", 9, None, True)


def test_summary_says_what_is_decided_paid_and_proven() -> None:
    summary = summary_of(report_of(question(), proposal()))
    assert summary.headline == "4 mensen in 1 netwerk. Eén kandidaat wacht."
    assert summary.rules == (
        "Eén van de 3 regels geldt volledig. Het duurst: "
        "Mensen uit elkaar houden (9 punten), Van elkaar leren (1 punt)."
    )
    assert summary.proof == (
        "Niet bewezen dat dit het beste is. Minder dan 8 punten kan niet; een beter voorstel zou dus hoogstens "
        "20\u00a0% van de kosten besparen.",
        "Bewezen: minder wachtenden kan niet.",
    )
    assert summary.trios == (
        "9 herhalingen zijn niet te vermijden; dit plan heeft er 9.",
        "De trio's van elk netwerk zijn bewezen de beste.",
        "Eén bijeenkomst heeft nog geen datum en staat niet in de agenda.",
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (0, "For one network (of 1) it is not proven that no other trios would keep the remaining rules better."),
        (1, "The trios of one network (of 1) are not proven to be the best."),
    ],
)
def test_where_no_fewer_repeats_can_be_only_the_other_rules_are_open(more: int, sentence: str) -> None:
    """Nobody reads that repeats cannot be avoided, and next to it that trios may not be the best."""
    report = report_of(question(programme("en")), proposal())
    assert report.repeats == report.least_repeats
    rotations = tuple(replace(each, optimal=False, repeats=each.repeats + more) for each in report.rotations)
    assert summary_of(replace(report, rotations=rotations)).trios[1] == sentence


@pytest.mark.parametrize(
    ("composition", "whole", "sentence"),
    [
        ("optimal", "optimal", "Proven: no better proposal exists."),
        ("optimal", "feasible", "Proven: no better division over the networks exists."),
    ],
)
def test_nothing_claims_more_than_was_proven(composition: str, whole: str, sentence: str) -> None:
    """The trios may still be open where the networks are proven."""
    part = {"status": composition, "waiting": 0, "least_waiting": 0, "objective": 10, "bound": 10, "gap": 0.0}
    report = report_of(question(programme("en")), proposal(status=whole, composition=part))
    assert summary_of(report).proof == (sentence,)


def test_gap_is_rounded_up() -> None:
    assert Teller("en").percent(0.120001) == "12.1%"


@pytest.mark.parametrize(
    ("has", "least", "sentence"),
    [
        (54, 54, "54 repeats cannot be avoided; this plan has 54."),
        (1, 1, "One repeat cannot be avoided; this plan has 1."),
        (80, 75, "At least 75 repeats cannot be avoided; this plan has 80."),
        (3, 0, "This plan has 3 repeats; it is not proven that any of them is needed."),
        (0, 0, "Nobody shares a trio with the same person twice."),
    ],
)
def test_repeat_budget_is_one_sentence(has: int, least: int, sentence: str) -> None:
    assert repeats(Teller("en"), has=has, least=least) == sentence


def test_two_people_of_one_name_are_told_apart() -> None:
    """By organisation, and where that is the same too, by id."""
    rows = [{**row, "name": "Jan Smet"} for row in people()]
    report = report_of(question(candidates=rows), proposal())
    assert [member.person.name for member in report.shared.networks[0].members] == [
        "Jan Smet (Alfa)",
        "Jan Smet (Beta)",
        "Jan Smet (Gamma)",
        "Jan Smet (Delta) (c4)",
    ]
    assert report.waitlist[0].person.name == "Jan Smet (Delta) (c5)"


def test_somebody_who_left_stays_in_past_meetings() -> None:
    """A repaired proposal keeps its past meetings, with people who are candidates no more."""
    stated = proposal()
    stated["rotations"][0]["meetings"][0]["trios"][0]["members"] = ["c1", "c2", "c3", "gone"]
    gent = report_of(question(), stated).shared.networks[0]
    assert gent.meetings[0].trios[0].members[-1].name == "gone"
    assert gent.matrix[0] == (0, 3, 3, 1)


def test_people_without_a_name_go_by_their_id() -> None:
    rows = [{key: value for key, value in row.items() if key != "name"} for row in people()]
    assert report_of(question(candidates=rows), proposal()).waitlist[0].person.name == PEOPLE[4]["id"]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (
            "nl",
            [
                "Verscheidenheid: sector",
                "Verscheidenheid: sector 2",
                "Minstens of hoogstens zoveel: functie HR",
                "Eigen",
            ],
        ),
        (
            "fr",
            [
                "De la variété : secteur",
                "De la variété : secteur 2",
                "Au moins ou au plus autant : fonction HR",
                "Eigen",
            ],
        ),
        ("en", ["Variety: sector", "Variety: sector 2", "At least or at most so many: role HR", "Eigen"]),
        (
            "de",
            ["Vielfalt: Branche", "Vielfalt: Branche 2", "Mindestens oder höchstens so viele: Funktion HR", "Eigen"],
        ),
    ],
)
def test_rules_are_called_in_the_language_of_the_report(language: str, titles: list[str]) -> None:
    """Only a name that the organiser gave is the same in each; the others say what the rule is."""
    rules = [
        {"rule": "spread", "attribute": "sector"},
        {"rule": "spread", "attribute": "sector"},
        {"rule": "limit", "attribute": "role", "value": "HR", "max": 2},
        {"rule": "apart", "name": "Eigen"},
    ]
    asked = read_programme({"name": "P", "networks": {"count": 1}, "rules": rules})
    assert list(rule_titles(asked, Teller(language)).values()) == titles


def test_a_rule_that_a_scenario_leaves_out_is_called_as_before() -> None:
    """It is only in the proposal beside it."""
    asked = read_programme({"name": "P", "networks": {"count": 1}})
    titles = rule_titles(asked, Teller("nl"), proposal())
    assert titles["spread sector"] == "Verscheidenheid: sector"
