"""Reads what form tools deliver, once it is sure that they did, and maps it to candidates."""

from service.forms.apply import Held, Mapped, apply, outcome
from service.forms.authenticate import RefusedError, authenticate
from service.forms.delivery import Delivery, Kind, Question, Received
from service.forms.delivery_id import delivery_id
from service.forms.mapping import FormMapping, read_mapping
from service.forms.suggest import Suggestion, as_mapping, suggest
from service.forms.tools import TOOLS, Tool

__all__ = [
    "TOOLS",
    "Delivery",
    "FormMapping",
    "Held",
    "Kind",
    "Mapped",
    "Question",
    "Received",
    "RefusedError",
    "Suggestion",
    "Tool",
    "apply",
    "as_mapping",
    "authenticate",
    "delivery_id",
    "outcome",
    "read_mapping",
    "suggest",
]
