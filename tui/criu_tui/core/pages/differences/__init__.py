"""What differs between two checkpoints: tasks, VMAs, pages, files, and all else that a restore brings back.

Nothing here is shown or worded for a screen. Everything is told from the first checkpoint to the second: what only
the second has is new, what only the first has is gone.
"""
