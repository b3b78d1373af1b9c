"""Reference tables that ship with Kring; `NOTICE.md` beside them says where each comes from and under what licence."""
