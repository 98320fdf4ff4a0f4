"""What is wrong or risky in a dump: each with evidence, a place to jump to, and a way out.

Nothing here decodes an image, plans a restore or reads a log itself.
"""
