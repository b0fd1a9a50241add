"""How the tables came to be as they are, in steps: `alembic` in this folder."""
