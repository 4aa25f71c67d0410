"""What people decide: each stores a decision and marks what it concerns; the next cycle does the rest."""
