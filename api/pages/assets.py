"""Style, scripts and pictures: each with a digest of its content in its address, so that browsers may keep it for good.

What comes from npm lies in `vendor`, where a build puts it (`make scripts`). Without it every page still works.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from api.access import opens

STATIC = Path(__file__).parents[1] / "static"

page = Blueprint("assets", __name__)


@page.get("/static/<path:name>")
@opens()
def file(name: str) -> Response:
    """One file."""
    if not has_asset(name):
        raise NotFound
    response = send_from_directory(STATIC, name)
    if "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def asset(name: str) -> str:
    """The address of a file, which changes with its content."""
    path = STATIC / name
    return url_for("pages.assets.file", name=name, v=_digest(path, path.stat().st_mtime_ns))


def has_asset(name: str) -> bool:
    """Whether a file is there."""
    path = (STATIC / name).resolve()
    return path.is_relative_to(STATIC) and path.is_file()


@cache
def _digest(path: Path, changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
