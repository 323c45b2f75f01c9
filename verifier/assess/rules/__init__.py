"""What is looked for in an operation. One subject a file; `table` has all rules."""
