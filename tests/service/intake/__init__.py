"""Tests of reading candidates from files."""
