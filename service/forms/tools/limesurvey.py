"""LimeSurvey, by a plugin that sends each completed response; its secret stands in the body."""

from collections.abc import Iterator, Mapping

from service.forms.body import parse_json
from service.forms.delivery import Delivery, Kind, Question, Received
from service.forms.scheme import TokenInBody
from service.forms.shape import demanded, flat, joined, moment, table, tables, text, texts
from service.forms.tools.tool import Tool

_OF_THE_RESPONSE = frozenset(
    {"id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr", "refurl", "token"}
)
_PARTICIPANT = {"firstname": "first name", "lastname": "last name"}


def read(received: Received) -> Delivery:
    """An `afterSurveyComplete` event. A response that is changed afterwards keeps its number and gets a new time."""
    sent = table(parse_json(received.body))
    response = table(sent.get("response"))
    demanded(bool(response))
    at = sent.get("submitDate") or response.get("submitdate")
    return Delivery(
        id=joined(sent.get("survey"), sent.get("respondId"), at) if text(sent.get("respondId")) else None,
        at=moment(at),
        questions=(*_participant(sent), *_answers(response), *_in_words(sent)),
        content={key: value for key, value in sent.items() if key != "api_token"},
        form=text(sent.get("survey")),
    )


def _participant(sent: Mapping[str, object]) -> Iterator[Question]:
    """Who was invited, where the survey has a list of participants."""
    for key, value in table(sent.get("participant")).items():
        yield from flat(f"participant.{key}", _PARTICIPANT.get(key, key), value)


def _answers(response: Mapping[str, object]) -> Iterator[Question]:
    for key, value in response.items():
        if key not in _OF_THE_RESPONSE:
            yield from flat(key, key, value)


def _in_words(sent: Mapping[str, object]) -> Iterator[Question]:
    """The same answers as people read them, where the plugin sends those: question by question, under its text."""
    pretty = table(sent.get("response_pretty"))
    for label, value in (next(tables(pretty.get("responses")), None) or pretty).items():
        if label not in _OF_THE_RESPONSE:
            yield Question(f"pretty.{label}", label, Kind.TEXT, texts(value))


LIMESURVEY = Tool("limesurvey", TokenInBody("api_token"), read)
