"""The four word files say the same things."""

import string

import pytest

from service.words import LANGUAGES, UnknownWordsError, catalogue, say


def _forms(language: str, key: str) -> dict[str, str]:
    text = catalogue(language)[key]
    return {"": text} if isinstance(text, str) else dict(text)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_in_the_same_numbers(language: str) -> None:
    assert set(catalogue(language)) == set(catalogue("nl"))
    for key in catalogue("nl"):
        assert set(_forms(language, key)) == set(_forms("nl", key)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_placeholders(language: str) -> None:
    """The one in the singular may leave its number out: "one candidate"."""
    for key in catalogue("nl"):
        for number, text in _forms(language, key).items():
            dutch = _placeholders(_forms("nl", key)[number])
            optional = {"n"} if number == "one" else set()
            assert _placeholders(text) - optional == dutch - optional, (key, number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert all(text.strip() for key in catalogue(language) for text in _forms(language, key).values())


def test_number_chooses_the_text() -> None:
    """French counts nought as one."""
    key = "note.ids_from_name"
    assert "one candidate" in say("en", key, n=1)
    assert "0 candidates" in say("en", key, n=0)
    assert say("fr", key, n=0) == say("fr", key, n=1)


def test_braces_in_what_a_user_wrote_are_left_alone() -> None:
    assert say("en", "fault_part.found", found="{0} {x}") == "found “{0} {x}”; expected:"


@pytest.mark.parametrize(("language", "key"), [("it", "fault.no_at"), ("en", "fault.nonsense")])
def test_unknown_language_or_key_fails(language: str, key: str) -> None:
    with pytest.raises(UnknownWordsError):
        say(language, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_in_two_files(language: str) -> None:
    """The second would silently take the place of the first."""
    import tomllib
    from importlib import resources

    from service.words.catalogue import _flatten

    seen: dict[str, str] = {}
    for file in sorted(resources.files("service.words").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml") and file.name.removesuffix(".toml").split("-")[0] == language:
            for key, _ in _flatten("", tomllib.loads(file.read_text("utf-8"))):
                assert key not in seen, (key, file.name, seen[key])
                seen[key] = file.name
