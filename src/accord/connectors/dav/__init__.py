"""CardDAV and CalDAV: contacts, tasks and events, as Nextcloud, iCloud, Fastmail and Radicale keep them."""
