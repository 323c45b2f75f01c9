"""What a watcher keeps: the port's contract, both kinds of databases under it, and what may go wrong with them."""
