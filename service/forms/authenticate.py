"""Whether a delivery comes from the form tool it claims to come from.

    KringError
    └── RefusedError           not authenticated (HTTP 401); `fault` says why, and never what would have been right

While secrets are rotated two are valid at once: whatever proves one of them passes.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from service.faults import Fault, InputError, KringError
from service.forms.body import parse_json
from service.forms.delivery import Received
from service.forms.scheme import SecretInAddress, SignedBody, StandardWebhooks, TokenInBody
from service.forms.shape import table
from service.forms.tools import Tool

WINDOW = timedelta(minutes=5)
"""How far the signed time of a delivery may be from now, either way, so that an old one cannot be sent again."""

MOST_SIGNATURES = 16  # of one delivery; a sender that rotates its own secret sends two


class RefusedError(KringError):
    """A delivery that is not authenticated."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.text("en"))

    def __reduce__(self) -> tuple[type["RefusedError"], tuple[Fault]]:
        """Survives the way between processes."""
        return type(self), (self.fault,)

    @property
    def code(self) -> str:
        """Why, for programs."""
        return self.fault.code


def authenticate(
    tool: Tool,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    *,
    address_secret: str | None,
    body: bytes,
    now: datetime,
) -> None:
    """Returns where one of the secrets is proven; raises RefusedError otherwise.

    `address_secret` is what stands in the address that was called, None where nothing does. `now` has an offset.
    """
    known = [secret for secret in secrets if secret]  # an empty secret is one that anybody knows
    if not known:
        raise _refused("form_no_secret")
    received = Received(headers, body)
    match tool.scheme:
        case SignedBody(header, prefix):
            _signed_body(known, received, header, prefix)
        case StandardWebhooks():
            _standard_webhooks(known, received, now)
        case SecretInAddress():
            _stated(known, address_secret)
        case TokenInBody(key):
            _stated(known, _token(body, key))


def _signed_body(secrets: Sequence[str], received: Received, header: str, prefix: str) -> None:
    stated = received.headers.get(header, "").strip()
    if not stated:
        raise _refused("form_signature_missing", header=header)
    if not stated.startswith(prefix):
        raise _refused("form_signature_wrong")
    digests = [hmac.digest(secret.encode(), received.body, hashlib.sha256) for secret in secrets]
    if not _any_equal(digests, [_decoded(stated.removeprefix(prefix))]):
        raise _refused("form_signature_wrong")


def _standard_webhooks(secrets: Sequence[str], received: Received, now: datetime) -> None:
    """The library's own `verify` looks at the machine's clock and at one secret, so only its `sign` is used."""
    for header in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        if not received.headers.get(header, "").strip():
            raise _refused("form_signature_missing", header=header)
    stated = received.headers["webhook-signature"].split()[:MOST_SIGNATURES]
    passed = [_decoded(signature.removeprefix("v1,")) for signature in stated if signature.startswith("v1,")]
    at = _time(received.headers["webhook-timestamp"])
    signed = [_signature(webhook, received, at) for webhook in _webhooks(secrets)]
    if not _any_equal(signed, passed):
        raise _refused("form_signature_wrong")
    if abs(now - at) > WINDOW:
        raise _refused("form_time_stale", minutes=int(WINDOW.total_seconds()) // 60)


def _webhooks(secrets: Sequence[str]) -> list[Webhook]:
    """One for each secret that is base64, as this scheme wants; a slip in one of two leaves the other valid."""
    webhooks = []
    for secret in secrets:
        try:
            webhooks.append(Webhook(secret))
        except (ValueError, EmptyWebhookSecretError):
            continue
    if not webhooks:
        raise _refused("form_no_secret")
    return webhooks


def _signature(webhook: Webhook, received: Received, at: datetime) -> bytes:
    try:
        signature = webhook.sign(received.headers["webhook-id"], at, received.body.decode("utf-8"))
    except UnicodeError as error:  # no sender signs what is no text
        raise _refused("form_signature_wrong") from error
    return base64.b64decode(signature.removeprefix("v1,"))


def _time(stated: str) -> datetime:
    """The signed time; only whole seconds, since what is signed is their digits."""
    if not (stated.isascii() and stated.isdigit() and len(stated) <= 11 and str(int(stated)) == stated):
        raise _refused("form_signature_wrong")
    return datetime.fromtimestamp(int(stated), tz=UTC)


def _stated(secrets: Sequence[str], stated: str | None) -> None:
    if not stated or not _any_equal([secret.encode() for secret in secrets], [stated.encode(errors="replace")]):
        raise _refused("form_secret_wrong")


def _token(body: bytes, key: str) -> str | None:
    try:
        stated = table(parse_json(body)).get(key)
    except InputError:
        return None  # a body that cannot be read proves nothing; the refusal says so
    return stated if isinstance(stated, str) else None


def _any_equal(known: Sequence[bytes], stated: Sequence[bytes]) -> bool:
    """Compares all with all in constant time, so that how long it takes tells nothing."""
    return sum(hmac.compare_digest(one, other) for one in known for other in stated) > 0


def _decoded(signature: str) -> bytes:
    """The bytes of a signature, none where it is not base64."""
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _refused(code: str, **params: str | int) -> RefusedError:
    return RefusedError(Fault(code=code, params=params))
