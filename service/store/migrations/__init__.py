"""Migrations, each written once and never changed."""
