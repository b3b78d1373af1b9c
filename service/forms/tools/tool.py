"""What Kring knows of a form tool."""

from collections.abc import Callable
from dataclasses import dataclass

from service.forms.delivery import Delivery, Received
from service.forms.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Tool:
    """A form tool: its name in addresses, how it proves who it is, and how its body is read.

    `read` raises InputError where the body is not what the tool sends.
    """

    name: str
    scheme: Scheme
    read: Callable[[Received], Delivery]
