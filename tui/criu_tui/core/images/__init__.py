"""One image file: its framing, kinds, messages and the fields that no schema knows.

Nothing here knows what other images of the dump say.
"""
