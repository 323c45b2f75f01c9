"""What one can do: look at a vault, read an operation, examine one's own set-up. Through ports only."""
