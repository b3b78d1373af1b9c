"""Kring over HTTP: doors to the use cases of `service`, and nothing that decides."""
