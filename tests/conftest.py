"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
"""The repository."""

# The same cases every time, so that a test fails for whoever runs it or for nobody; HYPOTHESIS_PROFILE=explore looks
# for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder with programmes that organisers really run."""
    return ROOT / "fixtures"
