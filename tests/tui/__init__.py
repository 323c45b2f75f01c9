"""The screens, on readings that are made of plain values."""
