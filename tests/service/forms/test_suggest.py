"""The form's own questions suggest where columns come from, each with why."""

import pytest

from service.forms import Kind, Mapped, Question, apply, as_mapping, read_mapping, suggest
from service.forms.suggest import Why
from service.words import LANGUAGES
from tests.service.forms.deliveries import PAYLOADS, delivery


def _found(*questions: Question) -> dict[str, tuple[str, Why]]:
    return {each.column: (each.question.label, each.why) for each in suggest(questions)}


def _labels(*labels: str) -> dict[str, tuple[str, Why]]:
    return _found(*(Question(f"q{index}", label) for index, label in enumerate(labels)))


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("E-mailadres", "email"),
        ("2. Adresse e-mail *", "email"),
        ("Secteur", "sector"),
        ("Größe?", "size_class"),
        ("Years", "years"),
        ("code postal :", "postcode"),
    ],
)
def test_question_called_as_a_column_is(label: str, column: str) -> None:
    assert _labels(label) == {column: (label, Why.LABEL)}


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("Wat is uw e-mailadres?", "email"),
        ("Quel est votre code postal ?", "postcode"),
        ("Wie lautet Ihr Vorname?", "first_name"),
        ("In which municipality do you work?", "municipality"),
        ("Wat is uw beschikbaarhied?", "available"),
        ("Hoeveel jaren ervaring hebt u?", "years"),
    ],
)
def test_question_that_holds_the_name_of_a_column(label: str, column: str) -> None:
    """One slip in a long word is forgiven."""
    assert _labels(label) == {column: (label, Why.WORDS)}


@pytest.mark.parametrize("label", ["Hoe gaat het?", "Wat is de code?", "Qu'en pensez-vous ?", "", "Starting"])
def test_question_that_means_no_column(label: str) -> None:
    assert _labels(label) == {}


def test_kind_tells_where_words_do_not() -> None:
    found = _found(Question("a", "Waar mogen we u schrijven?", Kind.EMAIL), Question("b", "Ik doe mee.", Kind.CONSENT))
    assert {column: why for column, (_, why) in found.items()} == {"email": Why.KIND, "consent": Why.KIND}


def test_one_question_for_a_column_and_one_column_for_a_question() -> None:
    """The one that is called so wins from the one that holds the word, wherever it stands."""
    assert _labels("Wat is uw functie?", "Functie", "Rol") == {"role": ("Functie", Why.LABEL)}


def test_name_beside_a_first_name_is_the_surname() -> None:
    assert set(_labels("Voornaam", "Naam")) == {"first_name", "last_name"}
    assert set(_labels("Naam")) == {"name"}


@pytest.mark.parametrize("name", sorted(path.name for path in PAYLOADS.iterdir()))
def test_suggested_mapping_reads_and_maps(name: str) -> None:
    """As it is, without a hand on it; only the choice that Tally leaves unexplained waits."""
    suggestions = suggest(delivery(name).questions)
    assert all(each.reason(language) for each in suggestions for language in LANGUAGES)
    found = apply(read_mapping(as_mapping(suggestions)), delivery(name))
    assert isinstance(found, Mapped) == (name != "tally.json"), found


def test_long_forms_are_suggested_from_in_time() -> None:
    """A thousand questions of thirty words."""
    assert suggest([Question(str(n), "woord " * 40) for n in range(1000)]) == ()
