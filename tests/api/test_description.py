"""What the API says about itself."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.problems import PROBLEMS
from solver.rules import RULES


def spec_of(client: FlaskClient) -> Any:
    """The OpenAPI description."""
    return client.get("/api/v1/openapi.json").get_json()


def test_every_call_is_described(client: FlaskClient) -> None:
    """Path, method and body."""
    spec = spec_of(client)
    assert spec["openapi"] == "3.1.0"
    assert {"/api/v1/check", "/api/v1/compose", "/api/v1/conflicts", "/health", "/ready"} < set(spec["paths"])
    rules = [rule for rule in client.application.url_map.iter_rules() if not rule.endpoint.startswith("pages.")]
    routes = {re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", rule.rule) for rule in rules}
    assert set(spec["paths"]) == routes - {"/api/v1/docs", "/api/v1/openapi.json"}
    asked = spec["paths"]["/api/v1/compose"]["post"]
    assert asked["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/ComposeBody")
    assert set(asked["responses"]) == {"200", "400", "401", "413", "415", "422", "503", "504", "default"}


def test_it_is_valid_openapi(client: FlaskClient) -> None:
    """By the schema of OpenAPI 3.1, with every reference followed."""
    OpenAPIV31SpecValidator(spec_of(client)).validate()


def test_what_excludes_each_other_is_described(client: FlaskClient) -> None:
    """A rule has a strength or a weight; networks are counted in one way."""
    schemas = spec_of(client)["components"]["schemas"]
    assert {"not": {"required": ["strength", "weight"]}} in schemas["SpreadRule"]["allOf"]
    assert {"not": {"required": ["count", "min_count"]}} in schemas["Networks"]["allOf"]


def test_every_rule_has_its_form(client: FlaskClient) -> None:
    """A new rule is described without anybody describing it."""
    schemas = spec_of(client)["components"]["schemas"]
    forms = [
        schemas[each["$ref"].rsplit("/", 1)[-1]]
        for each in schemas["Programme"]["properties"]["rules"]["items"]["oneOf"]
    ]
    assert [form["properties"]["rule"]["const"] for form in forms] == list(RULES)
    assert all(form["additionalProperties"] is False for form in forms)


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    """No schema or response is missing."""
    spec = spec_of(client)
    for path in set(re.findall(r'"\$ref": ?"#/([^"]+)"', client.get("/api/v1/openapi.json").text)):
        found = spec
        for key in path.split("/"):
            found = found[key]


def test_the_page_shows_every_call_and_every_code_without_a_script(client: FlaskClient) -> None:
    """It reads in any browser, with nothing from anywhere else."""
    page = client.get("/api/v1/docs")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    for path in spec_of(client)["paths"]:
        assert f"<code>{path}</code>" in page.text
    for code in PROBLEMS:
        assert f'id="{code}"' in page.text
    links = set(re.findall(r'href="#([^"]+)"', page.text))
    assert links <= set(re.findall(r'id="([^"]+)"', page.text))


def test_answers_are_kept_by_no_cache(client: FlaskClient) -> None:
    """They are about people."""
    answer = client.post("/api/v1/compose", json={})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
