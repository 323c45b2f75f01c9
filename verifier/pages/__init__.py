"""What is known, as lines of text: the command line prints them, and the screens show parts of them."""
