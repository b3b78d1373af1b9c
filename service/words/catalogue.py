"""Reads the four word files and fills their texts in.

A word file is TOML; nested tables become dotted keys: `[fault] no_at = "..."` is `fault.no_at`. Placeholders are those
of `str.format`. A table with exactly the keys `one` and `other` is one text in two numbers, chosen by parameter `n`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

LANGUAGES = ("nl", "fr", "en", "de")

_NUMBERS = {"one", "other"}

_Text = str | Mapping[str, str]


class UnknownWordsError(LookupError):
    """A language or a key that no word file has: our own mistake, never a user's."""


def known_language(code: str) -> bool:
    """Whether Kring speaks this language."""
    return code in LANGUAGES


def say(language: str, key: str, /, **params: object) -> str:
    """The text of a key in a language, with its parameters filled in."""
    text = catalogue(language).get(key)
    if text is None:
        raise UnknownWordsError(f"{language}: {key}")
    if not isinstance(text, str):
        text = text["one" if _is_singular(language, params["n"]) else "other"]
    return text.format(**params)


@cache
def catalogue(language: str) -> Mapping[str, _Text]:
    """Every text of a language by its dotted key."""
    if not known_language(language):
        raise UnknownWordsError(language)
    texts: dict[str, _Text] = {}
    for file in resources.files("service.words").iterdir():
        # nl.toml is what intake says; nl-proposal.toml, nl-report.toml and so on are what others say.
        if file.name.endswith(".toml") and file.name.removesuffix(".toml").split("-")[0] == language:
            texts.update(_flatten("", tomllib.loads(file.read_text("utf-8"))))
    return texts


def _flatten(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, _Text]]:
    for key, value in table.items():
        if isinstance(value, dict) and value.keys() != _NUMBERS:
            yield from _flatten(f"{prefix}{key}.", value)
        elif isinstance(value, dict):
            yield f"{prefix}{key}", {number: str(text) for number, text in value.items()}
        else:
            yield f"{prefix}{key}", str(value)


def _is_singular(language: str, n: object) -> bool:
    """French counts nought as one; the other three do not."""
    return n == 1 or (language == "fr" and n == 0)
