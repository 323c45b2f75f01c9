"""The real program in a real terminal (tmux), as a person would use it: started, keys pressed, the screen read."""
