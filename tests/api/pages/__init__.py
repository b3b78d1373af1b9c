"""The organisers' pages."""
