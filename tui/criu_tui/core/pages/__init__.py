"""Which pages a dump has, where they lie through parent dumps, their bytes, totals and search.

Nothing here knows of releases of CRIU or of what is drawn.
"""
