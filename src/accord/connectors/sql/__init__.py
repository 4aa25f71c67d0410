"""SQL databases as systems: PostgreSQL, MariaDB, MySQL, SQLite. docs/reference/connectors/sql.md tells more."""
