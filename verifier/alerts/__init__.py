"""Ways to reach people and machines: chats and pagers, signed webhooks, lines for a SIEM, files, a terminal."""
