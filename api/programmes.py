"""/programmes: what organisers ask for."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import opens, space, store
from api.answers import rendered
from api.body import Blueprint
from api.idempotency import once
from api.kept import merged, page_shown, programme_shown
from api.lanes import short
from api.problems import of_faults
from api.schemas import AnyObject, PageAnswer, PageQuery, ProgrammeAnswer, ProgrammeBody, without_ours
from api.versions import tagged, wanted_version
from service.faults import InputError
from service.programme_schema import faults_of
from service.store.programmes import (
    change_programme,
    delete_programme,
    list_programmes,
    make_programme,
    programme,
)
from service.store.spaces import Scope

resource = Blueprint("programmes", __name__, url_prefix="/api/v1/programmes", description="What organisers ask for")


@resource.route("", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses
@resource.arguments(PageQuery, location="query")
@resource.response(200, PageAnswer, description="Programmes, in the order in which they were made")
@short
def list_all(query: dict[str, Any]) -> Response:
    """List the programmes of your space"""
    return page_shown(list_programmes(store(), space(), **query), programme_shown)


@resource.route("", methods=["POST"])
@once
@opens(Scope.ORGANISE)
@resource.refuses
@resource.arguments(ProgrammeBody)
@resource.response(201, ProgrammeAnswer, description="The programme, with its id")
def make(body: dict[str, Any]) -> Response:
    """Make a programme

    The body is programme.toml as JSON, without `candidates`.
    """
    try:
        made = make_programme(store(), space(), body)
    except InputError as error:
        raise of_faults(error, body) from error
    response = tagged(rendered(programme_shown(made)), made.version)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/programmes/{made.id}"
    return response


@resource.route("/<programme_id>", methods=["GET"])
@opens(Scope.ORGANISE)
@resource.refuses_reading
@resource.response(200, ProgrammeAnswer, description="The programme")
@short
def read(programme_id: str) -> Response:
    """Read a programme"""
    there = programme(store(), space(), programme_id)
    return tagged(rendered(programme_shown(there)), there.version)


@resource.route("/<programme_id>", methods=["PUT"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.arguments(ProgrammeBody)
@resource.response(200, ProgrammeAnswer, description="The programme as it is now")
def replace(body: dict[str, Any], programme_id: str) -> Response:
    """Put another programme in its place

    Runs that have begun go on with what was asked when they began.
    """
    return _changed(programme_id, body)


@resource.route("/<programme_id>", methods=["PATCH"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.arguments(AnyObject)
@resource.response(200, ProgrammeAnswer, description="The programme as it is now")
def change(body: dict[str, Any], programme_id: str) -> Response:
    """Change a programme by a merge patch (RFC 7396): null takes a key away"""
    there = programme(store(), space(), programme_id)
    whole = merged(there.content, without_ours(body))
    _, faults = faults_of(ProgrammeBody(), whole, None)
    if faults:
        raise of_faults(InputError(faults), whole)
    return _changed(programme_id, whole)


@resource.route("/<programme_id>", methods=["DELETE"])
@opens(Scope.ORGANISE)
@resource.refuses_changing
@resource.response(204, description="It is gone, with its candidates, runs and proposals")
def delete(programme_id: str) -> Response:
    """Delete a programme with everything in it"""
    there = programme(store(), space(), programme_id)
    delete_programme(store(), space(), programme_id, version=wanted_version(there.version))
    return Response(status=204)


def _changed(programme_id: str, content: dict[str, Any]) -> Response:
    there = programme(store(), space(), programme_id)
    version = wanted_version(there.version)
    try:
        changed = change_programme(store(), space(), programme_id, content, version=version)
    except InputError as error:
        raise of_faults(error, content) from error
    return tagged(rendered(programme_shown(changed)), changed.version)
