"""Pictures as lines of text with roles: address lines, heat map, strip, hex dump, id extents, signs.

Nothing here prints or knows a terminal library.
"""
