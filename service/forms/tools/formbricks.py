"""Formbricks: Standard Webhooks; the body is a list of one event; labels are not sent."""

from service.forms.body import parse_json
from service.forms.delivery import Delivery, Received
from service.forms.scheme import StandardWebhooks
from service.forms.shape import demanded, flat, joined, moment, spelled, table, tables, text
from service.forms.tools.tool import Tool


def read(received: Received) -> Delivery:
    """A `responseCreated`, `responseUpdated` or `responseFinished` event."""
    content = parse_json(received.body)
    events = list(tables(content if isinstance(content, list) else [content]))
    demanded(len(events) == 1)  # a second one would have no receipt of its own
    event = events[0]
    response = table(event.get("data"))
    answers = response.get("data")
    demanded(isinstance(answers, dict))
    return Delivery(
        id=received.headers.get("webhook-id")
        or joined(response.get("id"), event.get("event"), response.get("updatedAt")),
        at=moment(response.get("updatedAt")),
        questions=tuple(
            question
            for group in ("data", "variables", "contactAttributes")
            for key, value in table(response.get(group)).items()
            for question in flat(key if group == "data" else f"{group}.{key}", spelled(key), value)
        ),
        content=content,
        form=text(table(response.get("survey")).get("title")),
        finished=response.get("finished") is not False,
    )


FORMBRICKS = Tool("formbricks", StandardWebhooks(), read)
