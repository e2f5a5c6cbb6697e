"""Where everything of a trial lies, and what everything needs."""
import os
import socket
import tempfile
import time

folder = tempfile.mkdtemp(prefix="nodes-")
# As short as the program takes it, so that nobody waits for long.
lease = 5
key = "the-right-key"
program = ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(what, condition, seconds=60):
    """Returns how long it took until the condition held."""
    start = time.monotonic()
    while not (found := condition()):
        if time.monotonic() - start > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - start
