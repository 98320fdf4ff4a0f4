"""Spans, units, text, progress: what every other package stands on.

Nothing here knows of CRIU, of files that it writes, or of a screen.
"""
