"""What people are told: where every record stands, why, and what would make it flow."""
