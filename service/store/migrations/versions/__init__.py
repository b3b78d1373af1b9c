"""Every step of the tables, in order."""
