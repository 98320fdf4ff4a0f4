"""Dumps that are damaged or made to hurt, and the search for more of them; run as `python -m tests.fuzz`."""
