"""The shell around the core: it reads, asks the core, saves, writes, and confirms."""
