"""Clocks that jump."""
import os
import struct
import subprocess

from . import place


class Clock:
    """The clock of a process that is started with its environment."""

    def __init__(self, name):
        library, source = f"{place.folder}/clock.so", os.path.join(os.path.dirname(__file__), "clock.c")
        self.file = f"{place.folder}/{name}.clock"
        subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-o", f"{library}.{name}", source], check=True)
        os.rename(f"{library}.{name}", library)
        self.set(0)
        os.chmod(self.file, 0o644)
        self.environment = {"LD_PRELOAD": library, "CLOCK_OFFSET": self.file}

    def set(self, seconds):
        with open(self.file, "r+b" if os.path.exists(self.file) else "wb") as file:
            file.write(struct.pack("=q", seconds))
