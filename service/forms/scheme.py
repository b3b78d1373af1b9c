"""The ways in which form tools prove that a delivery is theirs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignedBody:
    """HMAC-SHA256 of the raw body in base64, in a header, after a prefix. No time is signed."""

    header: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """https://www.standardwebhooks.com: id, time and raw body are signed."""


@dataclass(frozen=True, slots=True)
class SecretInAddress:
    """The tool signs nothing; only who knows the whole address can deliver."""


@dataclass(frozen=True, slots=True)
class TokenInBody:
    """The tool sends its secret as a key of its JSON body."""

    key: str


Scheme = SignedBody | StandardWebhooks | SecretInAddress | TokenInBody
