"""Where the code under test comes from."""

from __future__ import annotations

import pytest

import api
import service
import solver
from tests.conftest import ROOT


@pytest.mark.parametrize("package", [solver, service, api])
def test_a_package_comes_from_this_repository(package: object) -> None:
    """Not from another copy that happens to be installed, nor from a tests folder of the same name."""
    assert getattr(package, "__file__", None) == str(ROOT / package.__name__ / "__init__.py")  # type: ignore[attr-defined]
