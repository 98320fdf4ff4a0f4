"""What a restore does with a dump: releases, their rules, the write plan, counters, the commit charge.

Nothing here reads a log or draws; no other package compares releases.
"""
