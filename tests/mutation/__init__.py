"""Are the tests good enough? The contracts are made wrong in many small ways, and the tests must notice."""
