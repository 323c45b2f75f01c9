"""From bytes to words, strictly: the value, and whether an honest encoder would have written these bytes."""
