"""Several people at one checkpoint, each in a terminal of their own: what they tell one another, and by which way.

No terminal library, no bytes of a dump, and nothing that reads a path or a command out of what others send.
"""
