-- The customers of a company's own ERP, for SQLite: sqlite3 erp.db < schema.sql
CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_name VARCHAR(60),
    last_name VARCHAR(60) NOT NULL,
    email VARCHAR(120) UNIQUE,
    mobile VARCHAR(20),
    credit NUMERIC(10, 2),
    accord_id VARCHAR(64) UNIQUE,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE TRIGGER customers_touched AFTER UPDATE ON customers WHEN NEW.version = OLD.version BEGIN
    UPDATE customers SET version = OLD.version + 1, updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = OLD.id;
END;
