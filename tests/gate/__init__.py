"""The gates before production, on real repositories, real keys and real files."""
