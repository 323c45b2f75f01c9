"""Draws a window's screens for the server, and ends with it: however it ended, its end of the pipe is closed then."""

from __future__ import annotations

import os

from textual.drivers.web_driver import WebDriver


class WindowDriver(WebDriver):
    """Textual's own, which would go on for nobody where the server was killed."""

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self.exit_event.is_set():
            os._exit(0)
