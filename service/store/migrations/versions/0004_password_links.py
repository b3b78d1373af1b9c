"""Links by which somebody who forgot a password chooses another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Moment = sa.BigInteger()
COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The tables after it."""
    op.create_table(
        "password_links",
        sa.Column("seq", COUNTED, autoincrement=True, nullable=False),
        sa.Column("user", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_password_links_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_password_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_password_links_digest")),
        sa.UniqueConstraint("user", name=op.f("uq_password_links_user")),
    )
