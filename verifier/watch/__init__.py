"""Looks at vaults day and night, judges what happened, and rings. It decides nothing, and holds no keys."""
