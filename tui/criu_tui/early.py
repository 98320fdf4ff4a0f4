"""Imported before all else: from here on an interrupt ends the program without a word.

Python itself would show a traceback of whatever it is importing. The command line handles interrupts once it runs.
"""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
