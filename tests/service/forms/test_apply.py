"""What is answered becomes a candidate, or waits with every reason; nothing is lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.faults import Fault
from service.forms import TOOLS, Delivery, Held, Kind, Mapped, Question, Received, apply, outcome, read_mapping
from service.words import LANGUAGES
from tests.service.forms.deliveries import delivery, payload


def _delivery(*questions: Question, content: object = None, **given: Any) -> Delivery:
    return Delivery(id="d", at=None, questions=questions, content=content, **given)


def _asked(answers: tuple[str, ...] | str, **column: Any) -> Mapped | Held:
    """What becomes of one answer in the column `role` unless it says another, beside an e-mail address."""
    answered = (answers,) if isinstance(answers, str) else answers
    columns = [{"column": "email", "key": "mail"}, {"column": "role", "key": "q", **column}]
    questions = (
        Question("mail", "Mail", Kind.EMAIL, ("an@example.org",)),
        Question("q", "Vraag", Kind.TEXT, answered),
    )
    return apply(read_mapping({"version": 1, "columns": columns}), _delivery(*questions))


def _row(found: Mapped | Held, column: str = "role") -> tuple[str, ...] | None:
    assert isinstance(found, Mapped), found
    return found.row.get(column)


def _reasons(found: Mapped | Held) -> list[Fault]:
    assert isinstance(found, Held), found
    assert all(reason.text(language) for reason in found.reasons for language in LANGUAGES)
    return list(found.reasons)


def _codes(found: Mapped | Held) -> list[str]:
    return [reason.code for reason in _reasons(found)]


def test_a_form_becomes_a_candidate() -> None:
    """By key, by label and by pointer; one question was left open."""
    mapping = read_mapping(
        {
            "version": 1,
            "columns": [
                {"column": "voornaam", "key": "f1"},
                {"column": "familienaam", "label": "wat is uw  FAMILIENAAM?"},
                {"column": "email", "pointer": "/form_response/answers/2/email", "transform": ["lower"]},
                {"column": "sector", "label": "Sector"},
                {"column": "region", "label": "Regio"},
                {"column": "years", "key": "f5", "transform": ["number"]},
                {"column": "consent", "key": "f7", "transform": ["yes_no"]},
                {"column": "campagne", "key": "hidden.campaign"},
                {"column": "bron", "key": "hidden.source"},
            ],
        }
    )
    assert outcome(TOOLS["typeform"], mapping, payload("typeform.json")) == Mapped(
        {
            "first_name": ("Lies",),
            "last_name": ("Maes",),
            "email": ("lies.maes@example.org",),
            "sector": ("Zorg", "Welzijn"),
            "years": ("12",),
            "consent": ("yes",),
            "campagne": ("herfst",),
        }
    )


@pytest.mark.parametrize(
    ("answers", "transforms", "expected"),
    [
        ("  Hoofd\n zorg ", [], ("Hoofd zorg",)),
        ("HOOFD", ["lower"], ("hoofd",)),
        ("a, b,,A ", ["split"], ("a", "b")),
        (("a", "b"), ["first"], ("a",)),
        ("a,b", ["split", "first"], ("a",)),
        (("a", "b"), ["join"], ("a,b",)),
        ("3,5", ["number"], ("3,5",)),
        ("Oui", ["yes_no"], ("yes",)),
        ("neen", ["yes_no"], ("no",)),
        ("Ja, ik doe mee!", ["yes_no"], ("yes",)),
        ("Non , merci.", ["yes_no"], ("no",)),
        ("on", ["yes_no"], ("yes",)),
        ("B-9000", ["postcode"], ("9000",)),
        ("9000 Gent", ["postcode"], ("9000",)),
        ("12/1/2027", ["date"], ("2027-01-12",)),
        ("2027-01-12T10:00:00Z", ["date"], ("2027-01-12",)),
        ((), ["number"], None),
        ("   ", ["yes_no"], None),
    ],
)
def test_transforms(answers: tuple[str, ...] | str, transforms: list[str], expected: tuple[str, ...] | None) -> None:
    assert _row(_asked(answers, transform=transforms, separator=",")) == expected


@pytest.mark.parametrize(
    ("answer", "transform", "code"),
    [
        ("veel", "number", "not_a_number"),
        ("misschien", "yes_no", "form_not_yes_no"),
        ("1012 AB", "postcode", "form_not_postcode"),
        ("0123", "postcode", "form_not_postcode"),
        ("31/2/2027", "date", "form_not_date"),
        ("binnenkort", "date", "form_not_date"),
    ],
)
def test_answer_that_a_transform_cannot_read_waits(answer: str, transform: str, code: str) -> None:
    (reason,) = _reasons(_asked(answer, transform=[transform]))
    assert (reason.code, reason.column, reason.found) == (code, "role", answer)


def test_vocabulary_tells_answers_in_the_programmes_words() -> None:
    assert _row(_asked(("Zorg", " onderwijs"), vocabulary={"zorg": "86", "Onderwijs": "85"})) == ("86", "85")


def test_answer_outside_the_vocabulary_waits() -> None:
    """Every such answer is told, with the one that was probably meant."""
    reasons = _reasons(_asked(("Zrog", "Visserij"), vocabulary={"Zorg": "86", "Onderwijs": "85"}))
    assert [(reason.code, reason.found, reason.nearest) for reason in reasons] == [
        ("not_in_vocabulary", "Zrog", "Zorg"),
        ("not_in_vocabulary", "Visserij", None),
    ]


def test_answer_outside_the_vocabulary_may_be_kept() -> None:
    assert _row(_asked(("Zorg", "Visserij"), vocabulary={"Zorg": "86"}, otherwise="keep")) == ("86", "Visserij")


def test_missing_answer_waits_only_where_it_is_required() -> None:
    assert _row(_asked(())) is None
    assert _codes(_asked((), required=True)) == ["form_no_answer"]


@pytest.mark.parametrize(
    ("column", "answers", "code"),
    [
        ("name", ("An", "Jan"), "one_value"),
        ("years", ("3", "4"), "one_value"),
        ("years", "lang", "not_a_number"),
        ("role", "a\0b", "control_character"),
        ("role", "\ud800", "control_character"),
        ("role", "x" * 100_001, "cell_too_long"),
    ],
)
def test_what_would_be_wrong_in_a_file_waits(column: str, answers: tuple[str, ...] | str, code: str) -> None:
    assert _codes(_asked(answers, column=column)) == [code]


def test_email_without_at_waits() -> None:
    mapping = read_mapping({"version": 1, "columns": [{"column": "email", "key": "q"}]})
    assert _codes(apply(mapping, _delivery(Question("q", "Mail", Kind.TEXT, ("an",))))) == ["no_at"]


def test_form_that_tells_nobody_waits() -> None:
    mapping = read_mapping({"version": 1, "columns": [{"column": "email", "key": "q"}]})
    assert _codes(apply(mapping, _delivery(Question("q", "Mail")))) == ["no_way_to_id"]


def test_all_reasons_are_told_together() -> None:
    columns = [{"column": "email", "key": "q"}, {"column": "years", "key": "q"}]
    found = apply(
        read_mapping({"version": 1, "columns": columns}),
        _delivery(Question("q", "Vraag", Kind.TEXT, ("an",)), finished=False),
    )
    assert _codes(found) == ["form_unfinished", "no_at", "not_a_number"]


def test_question_that_the_form_no_longer_has_waits() -> None:
    """Where the tool names every question; elsewhere a question left open is not sent either."""
    mapping = read_mapping(
        {"version": 1, "columns": [{"column": "email", "key": "f3"}, {"column": "region", "label": "Regios"}]}
    )
    (reason,) = _reasons(apply(mapping, delivery("typeform.json")))
    assert (reason.code, reason.found, reason.nearest) == ("form_no_question", "Regios", "Regio")
    mapping = read_mapping(
        {"version": 1, "columns": [{"column": "email", "key": "q2_email"}, {"column": "region", "label": "Regios"}]}
    )
    assert isinstance(apply(mapping, delivery("jotform.multipart")), Mapped)


def test_two_questions_with_one_label() -> None:
    """On two branches of a form one is answered; where both are, someone has to say which is meant."""
    mapping = read_mapping({"version": 1, "columns": [{"column": "name", "label": "Naam"}]})
    one, other, left_open = Question("a", "Naam", Kind.TEXT, ("An",)), Question("b", "naam", Kind.TEXT, ("Jan",)), ()
    assert apply(mapping, _delivery(one, Question("b", "Naam", Kind.TEXT, left_open))) == Mapped({"name": ("An",)})
    assert _codes(apply(mapping, _delivery(one, other))) == ["form_two_questions"]


def test_choice_that_is_not_explained_waits() -> None:
    mapping = read_mapping(
        {"version": 1, "columns": [{"column": "email", "key": "question_b"}, {"column": "taal", "label": "langue"}]}
    )
    (reason,) = _reasons(apply(mapping, delivery("tally.json")))
    assert (reason.code, reason.column, reason.found) == ("form_unknown_option", "language", "opt-9")


@pytest.mark.parametrize(
    ("pointer", "content", "expected"),
    [
        ("/a/b", {"a": {"b": "x"}}, ("x",)),
        ("/a/1", {"a": ["x", "y"]}, ("y",)),
        ("/a~1b/m~0n", {"a/b": {"m~n": True}}, ("true",)),
        ("/a", {"a": ["x", None, 3]}, ("x", "3")),
        ("/", {"": "x"}, ("x",)),
        ("/a/9", {"a": ["x"]}, None),
        ("/a/-", {"a": ["x"]}, None),
        ("/a/b/c", {"a": None}, None),
        ("/a", [], None),
    ],
)
def test_pointer(pointer: str, content: object, expected: tuple[str, ...] | None) -> None:
    columns = [{"column": "email", "key": "mail"}, {"column": "role", "pointer": pointer}]
    mapping = read_mapping({"version": 1, "columns": columns})
    asked = _delivery(Question("mail", "Mail", Kind.EMAIL, ("an@example.org",)), content=content)
    assert _row(apply(mapping, asked)) == expected


def test_pointer_to_more_than_text_waits() -> None:
    mapping = read_mapping({"version": 1, "columns": [{"column": "email", "pointer": "/a"}]})
    assert _codes(apply(mapping, _delivery(content={"a": {"b": 1}}))) == ["json_value"]


@pytest.mark.parametrize(("answer", "refused"), [("nee", True), ("ja", False), ("", False)])
def test_person_who_says_no_is_told_apart(answer: str, refused: bool) -> None:
    found = _asked(answer, column="consent")
    assert isinstance(found, Mapped)
    assert found.refused is refused


def test_person_who_says_no_does_not_lie_waiting() -> None:
    """Not even where other answers would have been held; before the form is finished nothing is sure."""
    columns = [{"column": "consent", "key": "a"}, {"column": "years", "key": "b"}, {"column": "email", "key": "c"}]
    mapping = read_mapping({"version": 1, "columns": columns})
    questions = (Question("a", "Doet u mee?", Kind.YES_NO, ("nee",)), Question("b", "Jaren", Kind.TEXT, ("veel",)))
    assert apply(mapping, _delivery(*questions)) == Mapped({"consent": ("nee",)})
    assert _codes(apply(mapping, _delivery(*questions, finished=False))) == ["form_unfinished", "not_a_number"]


def test_form_without_end_waits() -> None:
    mapping = read_mapping({"version": 1, "columns": [{"column": "email", "key": "q"}]})
    assert _codes(apply(mapping, _delivery(*(Question(str(n), "Vraag") for n in range(2001))))) == ["form_too_long"]


def test_thousands_of_answers_outside_the_vocabulary_are_told_in_time() -> None:
    vocabulary = {f"answer {n}": "x" for n in range(1000)}
    assert len(_reasons(_asked(tuple(f"other {n}" for n in range(500)), vocabulary=vocabulary))) == 500


def test_what_breaks_stores_and_screens_is_spelled_out() -> None:
    (reason,) = _reasons(_asked("\ud800\0", vocabulary={"Zorg": "86"}))
    assert reason.found == "\\ud800\\x00"


def test_nothing_is_held_without_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Held(())


_KEYS = st.sampled_from(
    [
        "data",
        "fields",
        "form_response",
        "definition",
        "answers",
        "field",
        "id",
        "key",
        "label",
        "type",
        "value",
        "options",
        "text",
        "rows",
        "columns",
        "response",
        "participant",
        "rawRequest",
        "q1_name",
        "first",
        "finished",
        "namedValues",
        "title",
        "properties",
        "choices",
        "labels",
        "email",
        "1.3",
        "4",
        "hidden",
        "url",
        "variables",
    ]
)
_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)  # half surrogate pairs and NULs among them
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT | st.just("email")
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6), max_leaves=30
)
_MAPPING = read_mapping(
    {
        "version": 1,
        "columns": [
            {"column": "email", "key": "email", "transform": ["lower"]},
            {"column": "name", "label": "first name", "transform": ["join"]},
            {"column": "id", "pointer": "/data/id"},
            {"column": "years", "key": "4", "transform": ["number"]},
            {"column": "postcode", "key": "value", "transform": ["postcode"]},
            {"column": "start", "key": "data", "transform": ["date"]},
            {"column": "consent", "key": "finished", "transform": ["yes_no"]},
            {"column": "role", "pointer": "/form_response/answers", "vocabulary": {"a": "b"}},
        ],
    }
)


def _is_an_outcome(found: Mapped | Held) -> None:
    if isinstance(found, Held):
        for reason in _reasons(found):
            assert "\0" not in reason.text("en").encode().decode()  # what a store and a screen can take
    else:
        assert found.row
        assert "\0" not in json.dumps(dict(found.row), ensure_ascii=False).encode().decode()


@given(st.sampled_from(sorted(TOOLS)), _JSON)
def test_no_json_is_ever_lost(tool: str, sent: object) -> None:
    """Whatever a tool sends: a candidate, or at least one reason in four languages."""
    _is_an_outcome(outcome(TOOLS[tool], _MAPPING, Received({}, json.dumps(sent).encode())))


@given(st.sampled_from(sorted(TOOLS)), st.binary(max_size=200), st.text(max_size=60))
def test_no_bytes_are_ever_lost(tool: str, body: bytes, content_type: str) -> None:
    _is_an_outcome(outcome(TOOLS[tool], _MAPPING, Received({"Content-Type": content_type}, body)))


@given(
    st.lists(
        st.builds(
            Question,
            st.sampled_from(["email", "4", "value", "data", "finished"]),
            st.sampled_from(["first name", "other"]),
            st.sampled_from(Kind),
            st.lists(_TEXT).map(tuple),
            st.lists(_TEXT).map(tuple),
        ),
        max_size=6,
    ),
    _JSON,
    st.booleans(),
)
def test_no_delivery_is_ever_lost(questions: list[Question], content: object, names_all: bool) -> None:
    _is_an_outcome(apply(_MAPPING, _delivery(*questions, content=content, names_all=names_all)))
