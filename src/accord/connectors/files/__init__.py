"""Files that other programs work with too: CSV, JSON Lines, XLSX. docs/reference/connectors/files.md tells more."""
