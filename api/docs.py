"""/api/v1/docs: the description as a page, without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, render_template
from markupsafe import Markup, escape

from api.description import Described, codes
from api.problems import DOCS

METHODS = ("get", "post", "put", "patch", "delete")


def show_docs(app: Flask, api: Described) -> None:
    """Adds the page to an app."""

    app.add_template_filter(with_code)

    @app.get(DOCS)
    def docs() -> str:
        spec: dict[str, Any] = api.spec.to_dict()
        return render_template(
            "docs.html",
            spec=spec,
            operations=list(operations(spec)),
            schemas={name: json.dumps(form, indent=2) for name, form in spec["components"]["schemas"].items()},
            codes=codes(),
        )


def with_code(text: str) -> Markup:
    """A text with what stands between backticks set as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  (escaped first)


def operations(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every call, with the names of what goes in and what comes out."""
    for path, methods in spec["paths"].items():
        for method in METHODS:
            if method in methods:
                asked = methods[method]
                yield {
                    "id": f"{method}{path.replace('/', '-')}",
                    "method": method.upper(),
                    "path": path,
                    "summary": asked.get("summary", ""),
                    "description": asked.get("description", ""),
                    "body": _form(asked.get("requestBody", {})),
                    "answers": [
                        (status, response, _form(response))
                        for status, response in (
                            (status, _resolved(response, spec))
                            for status, response in sorted(asked["responses"].items())
                        )
                    ],
                }


def _resolved(response: Mapping[str, Any], spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """A response, followed to the shared one that it refers to."""
    if "$ref" not in response:
        return response
    shared: Mapping[str, Any] = spec["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    return shared


def _form(content: Mapping[str, Any]) -> str | None:
    """The name of the schema of a body."""
    for kind in content.get("content", {}).values():
        path: str = kind.get("schema", {}).get("$ref", "")
        return path.rsplit("/", 1)[-1] or None
    return None
