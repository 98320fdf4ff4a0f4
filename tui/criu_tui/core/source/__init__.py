"""Where a checkpoint lies: names, open, stat, link, and what there is to open below a place.

Nothing here decodes an image.
"""
