"""What all tests share: an interrupt must reach what they interrupt."""

from __future__ import annotations

import signal

# started in the background, a test run inherits an ignored SIGINT and would hand it on to the
# processes that tests interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
