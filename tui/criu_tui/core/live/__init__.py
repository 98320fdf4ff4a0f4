"""Processes that run: what /proc says of them, as images of a dump that was never made, and whether CRIU dumps them.

Nothing here stops, attaches to, signals or writes to a process, reads its memory, or knows of a restore.
"""
