"""What is kept: spaces, keys, programmes, candidates, runs and proposals, in SQLite or PostgreSQL.

Everything belongs to a space, and every function here that reads or writes takes the space it may see.
"""

from service.store.database import Store, open_store
from service.store.names import new_id, now

__all__ = ["Store", "new_id", "now", "open_store"]
