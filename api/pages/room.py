"""Lets some forms be large: those that a list of people travels in.

A form is read before its view is called, to see whether it is one of ours, so a view only says that it takes much.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from api.sizes import MOST_FILE_BYTES
from service.drafts import MOST_PACKED

View = TypeVar("View", bound=Callable[..., Any])

MOST_FORM_BYTES = MOST_PACKED + 4_000_000
"""A packed list, and the cells of it that are fields; or a list that was pasted."""


def takes_a_list(view: View) -> View:
    """Says that the forms of a page may hold a list of people, in fields or as a file."""
    view.takes_a_list = True  # type: ignore[attr-defined]  # a mark for make_room
    return view


def make_room() -> None:
    """Before every request: raises the limits where the page takes a list."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_a_list", False):
        request.max_content_length = MOST_FILE_BYTES
        request.max_form_memory_size = MOST_FORM_BYTES
