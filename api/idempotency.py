"""Idempotency-Key: the same POST sent twice is done once and answered twice.

The answer is kept in the transaction of what it answers, so that a server which dies between the two leaves neither.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Response, make_response, request

from api.access import space, store
from api.problems import ProblemError
from service.store.receipts import Receipt, keep_receipt, receipt_for

HEADER = "Idempotency-Key"
LONGEST = 255

KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """A call that changes something, done at most once for one key."""
    return _with_key(view, lambda: store().writing())


def once_stateless(view: Callable[..., Any]) -> Callable[..., Any]:
    """A call that keeps nothing: doing it twice would harm nobody, but one key still means one request."""
    return _with_key(view, nullcontext)


def _with_key(view: Callable[..., Any], transaction: Callable[[], AbstractContextManager[Any]]) -> Callable[..., Any]:
    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        key = _key()
        if key is None:
            return make_response(view(*args, **kwargs))
        digest = _digest()
        with transaction():
            there = receipt_for(store(), space(), key)
            if there is not None:
                return _again(there, digest)
            response = make_response(view(*args, **kwargs))
            _keep(key, digest, response)
            return response

    return answered


def _key() -> str | None:
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not given.strip() or len(given) > LONGEST:
        raise ProblemError("bad_idempotency_key")
    return sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def _digest() -> str:
    parts = (request.method.encode(), request.full_path.encode("utf-8", "surrogatepass"), request.get_data(cache=True))
    return sha256(b"\n".join(parts)).hexdigest()


def _keep(key: str, digest: str, response: Response) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    keep_receipt(store(), space(), key, Receipt(digest, response.status_code, headers, response.get_data(as_text=True)))


def _again(there: Receipt, digest: str) -> Response:
    if there.digest != digest:
        raise ProblemError("idempotency_key_reused")
    response = Response(there.body, status=there.status)
    for name, value in there.headers.items():
        response.headers[name] = value
    return response
