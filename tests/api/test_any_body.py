"""Bodies that nobody thought of: made from the description, and answered as the description says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from service.settings import RateLimits
from tests.api.conftest import KEY, app_with, body, people, programme

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app_with(key=KEY, limits=RateLimits(wrong_keys=0)))
# One case for each way to be wrong about each field would be thousands.
schema.config.phases.coverage.enabled = False
# A body that has the right form can still ask for what is not there, was changed, is too large, or means nothing.
schema.config.checks.positive_data_acceptance.expected_statuses = [
    "2xx",
    "404",
    "409",
    "412",
    "413",
    "422",
    "428",
    "5xx",
]

OF_FORM = {"not_whole_number", "not_flag", "not_list", "not_table"}
"""What no body is refused for that has the form that the description asks; other codes also tell what clashes."""

CHANGED_BY_US = [negative_data_rejection, positive_data_acceptance]
"""Checks for what the description allows and forbids; a body that we have changed is neither any more."""

many = settings(max_examples=24, suppress_health_check=list(HealthCheck))
few = settings(max_examples=12, suppress_health_check=list(HealthCheck))


def refused_for_what_it_means(context: object, response: Any, case: Any) -> None:
    """A body that the description allows is not refused for its form."""
    right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if right and response.status_code == 422:
        assert response.json()["code"] not in OF_FORM, response.text


@schema.parametrize()
@many
def test_any_call_gets_an_answer_that_is_described(case: Any) -> None:
    """About a thousand calls, whole or half right: none makes Kring fail, none gets in without a key, all answers are
    as described, and what the description forbids is refused."""
    hurried = case.path.endswith(("/compose", "/conflicts"))
    if hurried:
        hurry(case)
    case.call_and_validate(
        headers={"Authorization": f"Bearer {KEY}"},
        additional_checks=[refused_for_what_it_means],
        excluded_checks=CHANGED_BY_US if hurried else [],
    )


@schema.include(path_regex="compose|conflicts").parametrize()
@few
def test_any_programme_over_real_candidates_gets_an_answer(case: Any) -> None:
    """Half of the body is right, so the other half gets further."""
    if isinstance(case.body, dict):
        case.body["candidates"] = people(9)
    hurry(case)
    case.call_and_validate(
        headers={"Authorization": f"Bearer {KEY}"},
        excluded_checks=CHANGED_BY_US,
    )


def hurry(case: Any) -> None:
    """A test has no ten seconds for each body."""
    if isinstance(case.body, dict) and isinstance(case.body.get("limits", {}), dict):
        case.body["limits"] = {**case.body.get("limits", {}), "time_limit": 0.1, "workers": 1}
    if isinstance(case.body, dict) and isinstance(case.body.get("programme"), dict):
        meetings = case.body["programme"].get("meetings")
        if isinstance(meetings, dict) and isinstance(meetings.get("count"), int):
            meetings["count"] = min(meetings["count"], 3)


@pytest.fixture(scope="module")
def proposal() -> str:
    """A proposal that is right, as text."""
    client = app_with(key=KEY).test_client()
    answer = client.post("/api/v1/compose", json=body(), headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    return answer.text


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_proposal_is_recounted(client: FlaskClient, proposal: str, data: st.DataObject) -> None:
    """A proposal with one value changed or left out is refused, or recounted: never an error of ours."""
    changed = json.loads(proposal)
    holder, key = data.draw(st.sampled_from(list(places(changed))))
    if data.draw(st.booleans()):
        del holder[key]
    else:
        values = (
            None,
            True,
            -1,
            0,
            1,
            10**9,
            1.5,
            "",
            "c1",
            "Network 1",
            "optimal",
            [],
            [1],
            ["c1", "c2"],
            {},
            {"id": "c1"},
        )
        holder[key] = data.draw(st.sampled_from(values))
    answer = client.post("/api/v1/check", json={"programme": programme(), "candidates": people(), "proposal": changed})
    assert answer.status_code in (200, 422), answer.text


def places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Every key of every object, and the first of every list, with what holds it."""
    pairs = (
        content.items() if isinstance(content, dict) else enumerate(content[:1]) if isinstance(content, list) else ()
    )
    for key, value in pairs:
        yield content, key
        yield from places(value)
