"""The version of Kring, stated once."""

__version__ = "0.1.0"
