"""Any other form: JSON, form-encoded or multipart, each key a question."""

from service.forms.body import content
from service.forms.delivery import Delivery, Received
from service.forms.scheme import SecretInAddress
from service.forms.shape import demanded, flat, spelled, table
from service.forms.tools.tool import Tool


def read(received: Received) -> Delivery:
    """One object or one filled-in form; nothing in it is sure to be an id of the delivery."""
    sent = table(content(received))
    demanded(bool(sent))
    return Delivery(
        id=None,
        at=None,
        questions=tuple(question for key, value in sent.items() for question in flat(key, spelled(key) or key, value)),
        content=sent,
    )


PLAIN = Tool("plain", SecretInAddress(), read)
