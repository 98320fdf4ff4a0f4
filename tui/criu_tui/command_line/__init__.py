"""What the command line asks for: its options, finding and opening the checkpoint, printing, searching and taking out.

No screen is drawn here; which of it runs is decided in cli.py.
"""
