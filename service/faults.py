"""Everything a user can get wrong, as values: what it is, where it is, what was found, what was expected.

    KringError                 anything Kring stops for on purpose
    ├── RefusedError           a delivery of a form that is not authenticated (HTTP 401; service/forms/authenticate.py)
    └── InputError             bad input (exit 2, HTTP 400/422): carries every Fault that was found, not only the first

Faults by where they come from; each code has its text as `fault.<code>` in the four word files:

    a file        no_such_file not_a_file unreadable empty_file too_big wrong_kind broken_file password expands_too_much
                  too_much_work too_many_rows too_many_columns too_many_cells cell_too_long row_too_long nul_bytes
                  encoding broken_quotes bad_separator json_syntax json_shape json_value json_repeated_key
    its headers   no_candidates duplicate_header headerless_column
    a row         id_missing no_way_to_id id_repeated made_id_repeated not_a_number nobody not_unique extra_cell no_at
                  unknown_network not_in_vocabulary control_character error_cell one_value
    a programme   unknown_key unknown_rule unknown_column unknown_id unknown_network unknown_facilitator unknown_place
                  bad_value missing missing_one_of conflicting_keys not_a_file bad_toml repeated_name not_text
                  not_whole_number out_of_range not_flag not_list not_table not_one_of not_share not_amount not_number
                  not_pairs not_groups not_history not_dates not_timezone not_files reversed fewer_than_fixed
                  no_such_meeting pinned_twice not_all_numbers not_a_proposal not_in_matrix not_a_distance not_symmetric
                  path_over_http history_gone contradiction
    a change      unknown_switch bad_switch no_scenarios nobody_left no_such_key no_such_rule unknown_slot no_such_pin
                  merge_with_itself left_out_by_change over_baseline other_network other_person not_in_proposal
    by hand       moved_twice hand_pinned hand_breaks_rule hand_too_full hand_too_small hand_closes hand_count
                  hand_not_accepted hand_must_place hand_language hand_facilitator hand_no_meetings
    a form        form_body form_unfinished form_no_question form_two_questions form_unknown_option form_no_answer
                  form_no_mapping form_nobody_mapped form_not_yes_no form_not_postcode form_not_date not_pointer
                  form_no_secret form_secret_wrong form_signature_missing form_signature_wrong form_time_stale
                  form_too_long
    a page        draft_too_large draft_damaged draft_meaning draft_nameless draft_nobody not_lines page_no_file
                  page_no_list form_words
    a user        bad_login login_taken bad_password
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process, utils

from service.words import say

LONGEST_FOUND = 80  # characters of what was found that a message repeats
LONGEST_LIST = 12  # known values that a message lists
NEAR_ENOUGH = 60  # rapidfuzz ratio, 0 to 100, below which a suggestion would only confuse

Param = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with an input.

    `row` is the number a spreadsheet shows, `column` the header as in the file; `pointer` leads to a programme key
    (`rules[2].attribute`) or into a JSON body. `params` fill the text in; `known` lists what would have been right and
    `nearest` which of those was probably meant.
    """

    code: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | None = None
    pointer: str | None = None
    params: Mapping[str, Param] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    nearest: str | None = None

    def expected(self, language: str) -> str:
        """What should have stood there, in words."""
        text = say(language, f"fault.{self.code}", **{key: _listed(value) for key, value in self.params.items()})
        if self.known:
            text += " " + say(language, "fault_part.known", known=_listed(self.known))
        if self.nearest is not None:
            text += " " + say(language, "fault_part.nearest", nearest=self.nearest)
        return text

    def place(self, language: str) -> str:
        """Where it is, in words; empty where the input as a whole is meant."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(say(language, "fault_part.row", row=self.row))
        if self.column is not None:
            parts.append(say(language, "fault_part.column", column=self.column))
        if self.pointer is not None:
            parts.append(self.pointer)
        return ", ".join(parts)

    def text(self, language: str) -> str:
        """The whole fault on one line: where, what was found, what was expected."""
        lead = say(language, "fault_part.expected")
        if self.found is not None:
            lead = say(language, "fault_part.found", found=shortened(self.found))
        place = self.place(language)
        return (f"{place}: " if place else "") + f"{lead} {self.expected(language)}"

    def as_json(self, language: str = "en") -> dict[str, str | int | None]:
        """The fault as programs read it; a fault in a programme has its pointer where a file's has its column."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.pointer if self.column is None else self.column,
            "found": None if self.found is None else shortened(self.found),
            "expected": self.expected(language),
        }


class KringError(Exception):
    """Anything Kring stops for on purpose."""


class InputError(KringError):
    """The input cannot be used; `faults` says everything that is wrong with it, in the order of the input."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        if not self.faults:
            raise ValueError("an InputError needs a fault")
        super().__init__("\n".join(fault.text("en") for fault in self.faults[:LONGEST_LIST]))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Fault, ...]]]:
        """Survives the way between processes, which by default would hand the message to `__init__`."""
        return type(self), (self.faults,)

    @property
    def code(self) -> str:
        """The code that all faults share, else `bad_input`."""
        codes = {fault.code for fault in self.faults}
        return codes.pop() if len(codes) == 1 else "bad_input"

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The object that `--json` prints on standard error."""
        return {"code": self.code, "errors": [fault.as_json(language) for fault in self.faults]}


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The known value that was probably meant, or None when nothing comes close."""
    best = process.extractOne(
        found, list(known), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=NEAR_ENOUGH
    )
    return None if best is None else str(best[0])


def shortened(text: str) -> str:
    """A text that may be a whole novel, cut to what one line can hold."""
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"


def _listed(value: Param) -> str | int:
    if not isinstance(value, tuple):
        return value
    return _joined(value)


def _joined(values: Sequence[str]) -> str:
    return ", ".join(values[:LONGEST_LIST]) + (", …" if len(values) > LONGEST_LIST else "")
