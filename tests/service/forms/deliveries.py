"""The payloads beside these tests, of our own making, in the shapes that the tools really send."""

from pathlib import Path

from service.forms import TOOLS, Delivery, Question, Received, Tool

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> Received:
    """A body without headers: what it is shows."""
    return Received({}, (PAYLOADS / name).read_bytes())


def delivery(name: str) -> Delivery:
    """A body read by the tool that it is named after."""
    return tool_of(name).read(payload(name))


def tool_of(name: str) -> Tool:
    """The tool that a file is named after."""
    return next(tool for tool in TOOLS.values() if name.startswith(tool.name))


def answers(questions: tuple[Question, ...]) -> dict[str, tuple[str, ...]]:
    """By key."""
    return {question.key: question.answers for question in questions}
