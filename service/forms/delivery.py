"""What a form tool delivered: who filled in which form when, question by question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Kind(Enum):
    """What a question asks for, as far as its tool says."""

    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CONSENT = "consent"
    FILE = "file"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form with its answers as text, none where it was left open.

    `key` stays the same when the form's owner rewords the question; `label` is what people read, the key where the tool
    sends no label. `unexplained` are ids of chosen options of which the delivery does not say what they mean.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    answers: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One filled-in form.

    `id` is equal for two deliveries of the same thing, None where the tool gives nothing to tell that by. `content` is
    the parsed body, for pointers. `names_all`: the tool names every question, also those left open, other than those
    whose keys begin with one of `sometimes`. A form that is not `finished` is delivered again when it is.
    """

    id: str | None
    at: datetime | None
    questions: tuple[Question, ...]
    content: object
    form: str | None = None
    names_all: bool = False
    sometimes: tuple[str, ...] = ()
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: headers by their names in lower case, and the raw body."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", {name.lower(): value for name, value in self.headers.items()})

    @property
    def content_type(self) -> str:
        """What the sender says the body is, empty where it says nothing."""
        return self.headers.get("content-type", "")
