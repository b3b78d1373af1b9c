"""Bodies that nobody thought of: made from the description, and answered as the description says."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from tests.api.conftest import KEY, people, programme

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(key=KEY))
# One case for each way to be wrong about each field of a proposal would be thousands.
schema.config.phases.coverage.enabled = False

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_body_gets_an_answer_that_is_described(case: Any) -> None:
    """No body makes Kring fail, whole or half right."""
    hurry(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)


@schema.include(path_regex="compose|conflicts").parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_programme_over_real_candidates_gets_an_answer(case: Any) -> None:
    """Half of the body is right, so the other half gets further."""
    if isinstance(case.body, dict):
        case.body["candidates"] = people(9)
    hurry(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)


@schema.include(path_regex="check").parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_proposal_is_recounted(case: Any) -> None:
    """Whatever it claims."""
    if isinstance(case.body, dict):
        case.body |= {"programme": programme(), "candidates": people()}
    case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)


def hurry(case: Any) -> None:
    """A test has no ten seconds for each body."""
    if isinstance(case.body, dict) and isinstance(case.body.get("limits", {}), dict):
        case.body["limits"] = {**case.body.get("limits", {}), "time_limit": 0.1, "workers": 1}
    if isinstance(case.body, dict) and isinstance(case.body.get("programme"), dict):
        meetings = case.body["programme"].get("meetings")
        if isinstance(meetings, dict) and isinstance(meetings.get("count"), int):
            meetings["count"] = min(meetings["count"], 3)
