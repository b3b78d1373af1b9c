"""/programmes/{id}/candidates: who wants to take part."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from api.access import opens, space, store
from api.answers import rendered
from api.body import Blueprint, read_json
from api.idempotency import once
from api.kept import candidate_shown, merged, page_shown
from api.lanes import short
from api.pointers import CANDIDATES
from api.problems import ProblemError, language, of_faults, of_file_faults
from api.schemas import AddedAnswer, AnyObject, CandidateAnswer, CandidatesQuery, PageAnswer, PageQuery, without_ours
from api.sizes import roomy
from api.versions import tagged, wanted_version
from service.faults import InputError
from service.intake.tables import Objects, Source
from service.store.candidates import (
    Added,
    add_candidates,
    candidate,
    change_candidate,
    known_of,
    list_candidates,
    remove_candidate,
)
from service.store.spaces import Scope

resource = Blueprint(
    "candidates", __name__, url_prefix="/api/v1/programmes/<programme_id>/candidates", description="Who takes part"
)

FILES = {
    "text/csv": "upload.csv",
    "text/tab-separated-values": "upload.tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "upload.xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "upload.ods",
}
"""What a body may be besides JSON and a form with a file, and what its faults call it."""


@resource.route("", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.arguments(PageQuery, location="query")
@resource.response(200, PageAnswer, description="Candidates, in the order in which they came")
@short
def list_all(query: dict[str, Any], programme_id: str) -> Response:
    """List the candidates of a programme"""
    return page_shown(list_candidates(store(), space(), programme_id, **query), candidate_shown)


@resource.route("", methods=["POST"])
@roomy
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.refuses_reading
@resource.arguments(CandidatesQuery, location="query")
@resource.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": [CANDIDATES],
                    "additionalProperties": False,
                    "properties": {CANDIDATES: {"type": "array", "items": {"type": "object"}}},
                }
            },
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILES},
        },
    }
)
@resource.response(201, AddedAnswer, description="Who was added")
@resource.alt_response(200, schema=AddedAnswer, description="What a dry run found")
def add(query: dict[str, Any], programme_id: str) -> Response:
    """Add candidates: one, many, or a file (CSV, XLSX, ODS or JSON)

    All of them, or none and every fault. With `dry_run`, nothing is kept; the answer lists every fault, and 200 says
    that the file was read, not that it is right.
    """
    body, source = _sent()
    dry_run = query["dry_run"]
    try:
        added = add_candidates(
            store(), space(), programme_id, source, skip_bad_rows=query["skip_bad_rows"], dry_run=dry_run
        )
    except InputError as error:
        problem = of_faults(error, body) if body is not None else of_file_faults(error)
        if not dry_run:
            raise problem from error
        nothing = {"added": 0, "items": [], "set_aside": [], "notes": [], "left_out": []}
        return rendered({"dry_run": True, "errors": list(problem.errors), **nothing})
    response = rendered({"dry_run": dry_run, "errors": [], **_told(added)})
    response.status_code = 200 if dry_run else 201
    return response


@resource.route("/<candidate_id>", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, CandidateAnswer, description="The candidate")
@short
def read(programme_id: str, candidate_id: str) -> Response:
    """Read a candidate, by the organiser's id or by `stored.ref`"""
    there = candidate(store(), space(), programme_id, candidate_id)
    return tagged(rendered(candidate_shown(there)), there.version)


@resource.route("/<candidate_id>/export", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, AnyObject, description="Everything that is kept of one person")
def export(programme_id: str, candidate_id: str) -> Response:
    """Everything that is kept of one person: cells, places in proposals, and what forms delivered"""
    there = candidate(store(), space(), programme_id, candidate_id)
    return rendered({"candidate": candidate_shown(there), **known_of(store(), space(), programme_id, there)})


@resource.route("/<candidate_id>", methods=["PUT"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.arguments(AnyObject)
@resource.response(200, CandidateAnswer, description="The candidate as it is now")
def replace(body: dict[str, Any], programme_id: str, candidate_id: str) -> Response:
    """Put other cells in place of a candidate's"""
    there = candidate(store(), space(), programme_id, candidate_id)
    if body.get("id", there.content["id"]) != there.content["id"]:
        raise ProblemError("id_is_fixed")
    return _changed(programme_id, candidate_id, without_ours(body))


@resource.route("/<candidate_id>", methods=["PATCH"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.arguments(AnyObject)
@resource.response(200, CandidateAnswer, description="The candidate as it is now")
def change(body: dict[str, Any], programme_id: str, candidate_id: str) -> Response:
    """Change some cells of a candidate; null empties one"""
    there = candidate(store(), space(), programme_id, candidate_id)
    if body.get("id", there.content["id"]) != there.content["id"]:
        raise ProblemError("id_is_fixed")
    return _changed(programme_id, candidate_id, merged(without_ours(there.content), without_ours(body)))


@resource.route("/<candidate_id>", methods=["DELETE"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.response(204, description="The candidate is no longer in the programme")
def remove(programme_id: str, candidate_id: str) -> Response:
    """Take a candidate out, and out of what others say of them

    Proposals that were made before still count them, by a name that says nothing of them.
    """
    there = candidate(store(), space(), programme_id, candidate_id)
    remove_candidate(store(), space(), programme_id, candidate_id, version=wanted_version(there.version))
    return Response(status=204)


def _changed(programme_id: str, candidate_id: str, cells: dict[str, Any]) -> Response:
    there = candidate(store(), space(), programme_id, candidate_id)
    version = wanted_version(there.version)
    try:
        changed = change_candidate(store(), space(), programme_id, candidate_id, cells, version=version)
    except InputError as error:
        raise of_faults(error, cells) from error
    return tagged(rendered(candidate_shown(changed)), changed.version)


def _sent() -> tuple[dict[str, Any] | None, Source]:
    """The body where it is JSON, and the candidates in it."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file")
        if file is None:
            raise ProblemError("missing", errors=[{"field": "/file", "text": "a form with a file in the field `file`"}])
        return None, (file.filename or "upload", file.read())
    if request.mimetype in FILES:
        return None, (FILES[request.mimetype], request.get_data(cache=True))
    body = read_json(request)
    if not isinstance(body, dict) or not isinstance(body.get(CANDIDATES), list):
        raise ProblemError("missing", errors=[{"field": f"/{CANDIDATES}", "text": "a list of candidates"}])
    unknown = [key for key in body if key != CANDIDATES]
    if unknown:
        errors = [{"field": f"/{key}", "text": f"only `{CANDIDATES}` stands here"} for key in unknown]
        raise ProblemError("unknown_field", errors=errors)
    return body, Objects(CANDIDATES, body[CANDIDATES])


def _told(added: Added) -> dict[str, Any]:
    said = language()
    return {
        "added": len(added.items),
        "items": [candidate_shown(each) for each in added.items],
        "set_aside": [{"row": each.row, "why": each.why(said)} for each in added.read.set_aside],
        "notes": [note.text(said) for note in added.read.notes],
        "left_out": list(added.read.dropped),
    }
