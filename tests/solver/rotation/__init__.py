"""Tests of the rotation of one network."""
