"""Handed in like an answer before any student's is run: what can one reach from inside?."""

import os
import socket


def burgle(secrets: list[str], pid: int) -> list[str]:
    seen = [f"the network ({name})" for _, name in socket.if_nameindex() if name != "lo"]
    for path in secrets:
        try:
            if os.listdir(path) if os.path.isdir(path) else open(path).read():
                seen.append(path)
        except OSError:
            pass
    if any(entry.isdigit() and int(entry) == pid > 50 for entry in os.listdir("/proc")):
        seen.append("the processes outside")
    for folder in ("/", "/dev", "/here", "/libraries", "/libraries/numpy", "/usr"):
        try:
            open(f"{folder}/mark", "x")
            seen.append(f"{folder} to write")
        except OSError:
            pass
    return seen
