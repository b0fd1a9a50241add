"""The database of what evaluators give: SQLite in the data folder, or PostgreSQL."""
