"""Who proves one of the secrets passes, and no one else."""

import base64
import hashlib
import hmac
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from service.forms import TOOLS, RefusedError, authenticate
from service.words import LANGUAGES
from tests.service.forms.deliveries import payload

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
OLD, NEW = "whsec_" + base64.b64encode(b"old secret").decode(), "whsec_" + base64.b64encode(b"new secret").decode()


def _hmac(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _headers(tool: str, secret: str, body: bytes, at: datetime = NOW) -> dict[str, str]:
    """As the tool itself sends them."""
    match tool:
        case "typeform":
            return {"Typeform-Signature": "sha256=" + _hmac(secret, body)}
        case "tally":
            return {"Tally-Signature": _hmac(secret, body)}
        case _:
            signature = Webhook(secret).sign("msg_1", at, body.decode())
            stamp = str(int(at.timestamp()))
            return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1a,x {signature}"}


def _refusal(
    tool: str,
    headers: dict[str, str],
    *,
    secrets: tuple[str, ...] = (NEW,),
    address: str | None = None,
    body: bytes | None = None,
) -> str | None:
    """The code of the refusal, None where the delivery passes."""
    sent = payload(f"{tool}.json").body if body is None else body
    try:
        authenticate(TOOLS[tool], secrets, headers, address_secret=address, body=sent, now=NOW)
    except RefusedError as error:
        assert all(error.fault.text(language) for language in LANGUAGES)
        return error.code
    return None


SIGNING = ("typeform", "tally", "formbricks")


@pytest.mark.parametrize("tool", SIGNING)
def test_signature_of_either_secret_passes_during_rotation(tool: str) -> None:
    body = payload(f"{tool}.json").body
    assert _refusal(tool, _headers(tool, OLD, body), secrets=(NEW, OLD)) is None
    assert _refusal(tool, _headers(tool, NEW, body), secrets=(NEW, OLD)) is None


@pytest.mark.parametrize("tool", SIGNING)
def test_old_secret_no_longer_passes_after_rotation(tool: str) -> None:
    body = payload(f"{tool}.json").body
    assert _refusal(tool, _headers(tool, OLD, body), secrets=(NEW,)) == "form_signature_wrong"


@pytest.mark.parametrize("tool", SIGNING)
def test_signature_of_another_body_is_wrong(tool: str) -> None:
    body = payload(f"{tool}.json").body
    assert _refusal(tool, _headers(tool, NEW, body), body=body + b" ") == "form_signature_wrong"


@pytest.mark.parametrize("tool", SIGNING)
def test_delivery_without_signature_is_refused(tool: str) -> None:
    assert _refusal(tool, {}) == "form_signature_missing"


@pytest.mark.parametrize("tool", SIGNING)
@pytest.mark.parametrize(
    "signature", ["sha256=", "sha256=é", "v1", "v1,", "v1,AAAA", "sha256=AAAA", "AAAA", "v2,AAAA", "=="]
)
def test_nonsense_for_a_signature_is_wrong(tool: str, signature: str) -> None:
    headers = _headers(tool, NEW, payload(f"{tool}.json").body)
    headers = {name: signature if "ignature" in name else value for name, value in headers.items()}
    assert _refusal(tool, headers) == "form_signature_wrong"


def test_secret_in_the_address_is_nothing_to_who_signs() -> None:
    assert _refusal("typeform", {}, address=NEW) == "form_signature_missing"


@pytest.mark.parametrize(
    ("late", "code"),
    [
        (timedelta(minutes=5), None),
        (timedelta(minutes=-5), None),
        (timedelta(minutes=5, seconds=1), "form_time_stale"),
        (timedelta(minutes=-5, seconds=-1), "form_time_stale"),
        (timedelta(days=400), "form_time_stale"),
    ],
)
def test_time_that_is_signed_has_a_window(late: timedelta, code: str | None) -> None:
    """Five minutes either way; nobody can send an old delivery again."""
    headers = _headers("formbricks", NEW, payload("formbricks.json").body, NOW - late)
    assert _refusal("formbricks", headers) == code


@pytest.mark.parametrize("stamp", ["soon", "-1", "1e9", "٣", " ", "99999999999999999999", "0"])
def test_time_that_was_not_signed_is_wrong(stamp: str) -> None:
    headers = {**_headers("formbricks", NEW, payload("formbricks.json").body), "webhook-timestamp": stamp}
    assert _refusal("formbricks", headers) in {"form_signature_wrong", "form_signature_missing"}


def test_slip_in_one_secret_leaves_the_other_valid() -> None:
    body = payload("formbricks.json").body
    assert _refusal("formbricks", _headers("formbricks", NEW, body), secrets=("no base64 é", NEW)) is None
    assert _refusal("formbricks", _headers("formbricks", NEW, body), secrets=("whsec_",)) == "form_no_secret"


@pytest.mark.parametrize("tool", ["google_forms", "gravity_forms", "plain"])
@pytest.mark.parametrize(
    ("address", "code"),
    [(NEW, None), (OLD, None), ("other", "form_secret_wrong"), ("é", "form_secret_wrong"), (None, "form_secret_wrong")],
)
def test_secret_in_the_address(tool: str, address: str | None, code: str | None) -> None:
    assert _refusal(tool, {}, secrets=(NEW, OLD), address=address) == code


@pytest.mark.parametrize(
    ("secrets", "body", "code"),
    [
        (("lime-secret",), None, None),
        (("new", "lime-secret"), None, None),
        (("new",), None, "form_secret_wrong"),
        (("lime-secret",), b"{}", "form_secret_wrong"),
        (("lime-secret",), b"not json", "form_secret_wrong"),
        (("None",), b'{"api_token": null}', "form_secret_wrong"),
        (("1",), b'{"api_token": 1}', "form_secret_wrong"),
    ],
)
def test_limesurvey_token_stands_in_the_body(secrets: tuple[str, ...], body: bytes | None, code: str | None) -> None:
    assert _refusal("limesurvey", {}, secrets=secrets, body=body) == code


@pytest.mark.parametrize("tool", [*SIGNING, "plain", "limesurvey"])
@pytest.mark.parametrize("secrets", [(), ("",)])
def test_nothing_passes_where_no_secret_is_set(tool: str, secrets: tuple[str, ...]) -> None:
    assert _refusal(tool, {}, secrets=secrets, address="") == "form_no_secret"


def test_refusal_tells_no_secret_and_survives_the_way_between_processes() -> None:
    guess = "guess"
    with pytest.raises(RefusedError) as caught:
        authenticate(TOOLS["plain"], [NEW], {}, address_secret=guess, body=b"", now=NOW)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert again.fault == caught.value.fault
    assert NEW not in str(again)
    assert guess not in str(again)


_HEADERS = ("typeform-signature", "tally-signature", "webhook-id", "webhook-timestamp", "webhook-signature")


@given(
    st.sampled_from(sorted(TOOLS)),
    st.fixed_dictionaries({}, optional={name: st.text() | st.just("1790000000") for name in _HEADERS}),
    st.none() | st.text(),
    st.binary(),
)
def test_who_knows_no_secret_never_passes(tool: str, headers: dict[str, str], address: str | None, body: bytes) -> None:
    """Nor does anything else happen than a refusal."""
    with pytest.raises(RefusedError):
        authenticate(TOOLS[tool], [NEW], headers, address_secret=address, body=body, now=NOW)
