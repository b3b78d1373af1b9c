"""Programmes on the pages: made, looked at, thrown away."""

from __future__ import annotations

import pytest
from flask import Flask

from service.store import Store
from service.store.candidates import count_candidates
from service.store.programmes import list_programmes
from tests.api.pages.conftest import Reader


def test_an_empty_start_says_what_kring_is_for(reader: Reader) -> None:
    reader.open("/")
    assert "Who belongs with whom?" in reader.text
    assert "Open the example" in reader.text


def test_a_programme_begins_with_a_name_and_a_kind(reader: Reader, store: Store, space: str) -> None:
    reader.open("/")
    page = reader.send("/programmes", name="HR networks", kind="practice")
    assert page.request.path.startswith("/programmes/prg_")
    assert "Begin with the people." in reader.text
    made = list_programmes(store, space).items[0].content
    assert (made["name"], made["networks"]["kind"], made["language"]) == ("HR networks", "practice", "en")


def test_a_programme_without_a_name_is_not_made(reader: Reader) -> None:
    reader.open("/")
    page = reader.send("/programmes", name="  ", kind="domain")
    assert page.status_code == 422
    assert 'value="domain" checked' in page.text
    assert 'aria-invalid="true"' in page.text


def test_the_example_is_one_click_away(reader: Reader, store: Store, space: str) -> None:
    reader.open("/")
    reader.send("/programmes/demo")
    there = list_programmes(store, space).items[0]
    assert count_candidates(store, space, there.id) == 120
    reader.open("/")
    assert "120 people · no proposal yet" in reader.text


def test_a_programme_is_thrown_away_with_everything_in_it(reader: Reader, store: Store, space: str) -> None:
    reader.open("/")
    reader.send("/programmes", name="Old")
    reader.send("/delete")
    assert "The programme is gone" in reader.text
    assert not list_programmes(store, space).items


def test_what_somebody_else_changed_is_not_thrown_away(reader: Reader, store: Store, space: str) -> None:
    reader.open("/")
    reader.send("/programmes", name="Ours")
    assert reader.send("/delete", version="7").status_code == 412
    assert "Somebody was before you" in reader.text
    assert list_programmes(store, space).items


@pytest.mark.parametrize("address", ["/nothing", "/programmes/prg_nothing", "/static/nothing.css", "/static/../app.py"])
def test_where_there_is_nothing_a_page_says_so(reader: Reader, address: str) -> None:
    page = reader.open(address)
    assert page.status_code == 404
    assert "There is nothing here" in reader.text


def test_pages_load_nothing_from_elsewhere(reader: Reader) -> None:
    policy = reader.open("/").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_file_that_changes_has_another_address(app: Flask, reader: Reader) -> None:
    page = reader.open("/")
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = reader.client.get(address)
    assert answer.content_type == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
