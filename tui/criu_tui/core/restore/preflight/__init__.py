"""Whether a restore will work here, said before anyone tries: one small class a check, each only reading.

Nothing here says that what was not looked at is fine; no check writes, connects, or touches another process.
"""
