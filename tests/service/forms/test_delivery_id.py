"""A delivery that comes again is recognised; a correction is not taken for one."""

import pytest

from service.forms import TOOLS, Received, delivery_id
from tests.service.forms.deliveries import PAYLOADS, payload, tool_of

NAMES = sorted(path.name for path in PAYLOADS.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_delivery_that_comes_again_is_the_same(name: str) -> None:
    """Whatever else its headers say by then."""
    again = Received({"X-Attempt": "2"}, payload(name).body)
    assert delivery_id(tool_of(name), payload(name)) == delivery_id(tool_of(name), again)


def test_every_delivery_has_an_id_of_its_own() -> None:
    assert len({delivery_id(tool_of(name), payload(name)) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    ("tool", "headers", "body", "expected"),
    [
        ("plain", {"Idempotency-Key": " k1 "}, b"naam=An", "key:k1"),
        ("tally", {}, b'{"eventId": "e1", "data": {"fields": []}}', "tool:e1"),
        ("tally", {"idempotency-key": "k1"}, b'{"eventId": "e1", "data": {"fields": []}}', "key:k1"),
        ("tally", {}, b"", "body:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ],
)
def test_where_the_id_comes_from(tool: str, headers: dict[str, str], body: bytes, expected: str) -> None:
    assert delivery_id(TOOLS[tool], Received(headers, body)) == expected


@pytest.mark.parametrize("stated", ["x" * 201, "\\u0000", "\\ud800"])
def test_id_that_no_store_takes_is_digested(stated: str) -> None:
    body = f'{{"eventId": "{stated}", "data": {{"fields": []}}}}'.encode()
    assert len(delivery_id(TOOLS["tally"], Received({}, body))) == len("tool:") + 64
