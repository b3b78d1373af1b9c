"""From a fault's place to a JSON pointer."""

from __future__ import annotations

import pytest

from api.pointers import field_of
from service.faults import Fault

BODY = {
    "programme": {"networks": {"fixed": [{"accepts": {"a.b": [], "x[0]": []}}]}, "rules": [{"rule": "spread"}]},
    "candidates": [{"id": "a"}, {"id": "b", "e/m~l": "x"}],
}


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        (Fault(code="x", pointer="rules[0].attribute"), "/programme/rules/0/attribute"),
        (Fault(code="x", pointer="rules[7].a"), "/programme/rules/7/a"),
        (Fault(code="x", pointer="networks.fixed[0].accepts.a.b"), "/programme/networks/fixed/0/accepts/a.b"),
        (Fault(code="x", pointer="networks.fixed[0].accepts.x[0][3]"), "/programme/networks/fixed/0/accepts/x[0]/3"),
        (Fault(code="x", file="rules[0].matrix", row=3, column="c1"), "/programme/rules/0/matrix"),
        (Fault(code="x", file="candidates", row=3, column="e/m~l"), "/candidates/1/e~1m~0l"),
        (Fault(code="x", file="candidates", row=1, column="e/m~l"), "/candidates/1/e~1m~0l"),
        (Fault(code="x", file="candidates", row=2), "/candidates/0"),
        (Fault(code="x", file="candidates"), "/candidates"),
        (Fault(code="x"), "/programme"),
    ],
)
def test_a_fault_of_a_question_points_into_its_body(fault: Fault, field: str) -> None:
    """Keys with dots and brackets are found as they are; slashes and tildes are escaped."""
    assert field_of(fault, BODY, inside="programme") == field


def test_a_fault_of_form_starts_from_the_body() -> None:
    """The empty pointer is the body itself."""
    assert field_of(Fault(code="x", pointer="limits.seed"), BODY) == "/limits/seed"
    assert field_of(Fault(code="x", pointer=""), BODY) == ""
