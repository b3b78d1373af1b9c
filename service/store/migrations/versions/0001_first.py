"""The first tables: spaces, keys, programmes, candidates, questions, runs, events, proposals, forms, receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out, for a migration stays what it was whatever the tables of later versions are.
Moment = sa.BigInteger()
COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The tables after it."""
    op.create_table(
        "spaces",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_spaces")),
        sa.UniqueConstraint("id", name=op.f("uq_spaces_id")),
    )
    op.create_table(
        "keys",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=True),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_keys_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_keys_digest")),
        sa.UniqueConstraint("id", name=op.f("uq_keys_id")),
    )
    op.create_table(
        "programmes",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_programmes_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_programmes")),
        sa.UniqueConstraint("id", name=op.f("uq_programmes_id")),
    )
    op.create_index(op.f("ix_programmes_space_seq"), "programmes", ["space", "seq"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_receipts_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_receipts")),
        sa.UniqueConstraint("space", "key", name=op.f("uq_receipts_space_key")),
    )
    op.create_table(
        "candidates",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("known_as", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.id"], name=op.f("fk_candidates_programme"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_candidates")),
        sa.UniqueConstraint("id", name=op.f("uq_candidates_id")),
        sa.UniqueConstraint("programme", "known_as", name=op.f("uq_candidates_programme_known_as")),
    )
    op.create_index(op.f("ix_candidates_programme_seq"), "candidates", ["programme", "seq"], unique=False)
    op.create_table(
        "questions",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.id"], name=op.f("fk_questions_programme"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_questions")),
        sa.UniqueConstraint("id", name=op.f("uq_questions_id")),
        sa.UniqueConstraint("programme", "digest", name=op.f("uq_questions_programme_digest")),
    )
    op.create_table(
        "sources",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("tool", sa.String(length=20), nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.id"], name=op.f("fk_sources_programme"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_sources_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sources")),
        sa.UniqueConstraint("id", name=op.f("uq_sources_id")),
        sa.UniqueConstraint("programme", "tool", name=op.f("uq_sources_programme_tool")),
    )
    op.create_table(
        "deliveries",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.Integer(), nullable=True),
        sa.Column("candidate", sa.String(length=40), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("settled_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.id"], name=op.f("fk_deliveries_programme"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_deliveries_source"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_deliveries_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_deliveries_id")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_deliveries_source_key")),
    )
    op.create_index(op.f("ix_deliveries_programme_seq"), "deliveries", ["programme", "seq"], unique=False)
    op.create_index(op.f("ix_deliveries_state_seq"), "deliveries", ["state", "seq"], unique=False)
    op.create_table(
        "mappings",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_mappings_source"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_mappings")),
        sa.UniqueConstraint("source", "version", name=op.f("uq_mappings_source_version")),
    )
    op.create_table(
        "runs",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("baseline", sa.String(length=40), nullable=True),
        sa.Column("comparison", sa.JSON(), nullable=True),
        sa.Column("proposal", sa.String(length=40), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("served_at", Moment, nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("worker", sa.String(length=40), nullable=True),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("started_at", Moment, nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["programme"], ["programmes.id"], name=op.f("fk_runs_programme"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["question"], ["questions.id"], name=op.f("fk_runs_question")),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_runs_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_runs")),
        sa.UniqueConstraint("id", name=op.f("uq_runs_id")),
    )
    op.create_index(op.f("ix_runs_space_seq"), "runs", ["space", "seq"], unique=False)
    op.create_index(op.f("ix_runs_state_served_at"), "runs", ["state", "served_at"], unique=False)
    op.create_table(
        "events",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_events_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_run_seq"), "events", ["run", "seq"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("accepted_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.id"], name=op.f("fk_proposals_programme"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question"], ["questions.id"], name=op.f("fk_proposals_question")),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_proposals_run"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space"], ["spaces.id"], name=op.f("fk_proposals_space")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_proposals")),
        sa.UniqueConstraint("id", name=op.f("uq_proposals_id")),
        sa.UniqueConstraint("run", name=op.f("uq_proposals_run")),
    )
    op.create_index(op.f("ix_proposals_space_seq"), "proposals", ["space", "seq"], unique=False)
    op.create_table(
        "proposal_versions",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("proposal", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal"], ["proposals.id"], name=op.f("fk_proposal_versions_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_proposal_versions")),
        sa.UniqueConstraint("proposal", "version", name=op.f("uq_proposal_versions_proposal_version")),
    )
