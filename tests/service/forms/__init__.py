"""Tests of reading what form tools deliver."""
