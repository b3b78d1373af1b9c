"""The report and its files."""
