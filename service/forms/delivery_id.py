"""By what a delivery is recognised when it comes again."""

from hashlib import sha256

from service.faults import InputError
from service.forms.delivery import Received
from service.forms.tools import Tool
from service.intake.cells import has_control_character

LONGEST = 200  # characters of an id that is kept as it is


def delivery_id(tool: Tool, received: Received) -> str:
    """The sender's `Idempotency-Key`, else the tool's own id, else the body itself, told apart by a first word.

    A body that cannot be read has an id as well. Bodies without any id are one delivery where they are the same to the
    byte: who sends the same answers twice changes nothing by it.
    """
    stated = received.headers.get("idempotency-key", "").strip()
    if stated:
        return f"key:{_kept(stated)}"
    try:
        own = tool.read(received).id
    except InputError:
        own = None  # why it cannot be read is told when it is mapped
    return f"body:{sha256(received.body).hexdigest()}" if own is None else f"tool:{_kept(own)}"


def _kept(stated: str) -> str:
    """An id that any store can take."""
    if len(stated) <= LONGEST and not has_control_character(stated):
        return stated
    return sha256(stated.encode(errors="surrogatepass")).hexdigest()
