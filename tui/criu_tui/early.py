"""Imported before all else: from here on an interrupt ends the program without a word, and garbage is not looked for.

Python itself would show a traceback of whatever it is importing. The command line handles interrupts once it runs.
What is imported and read at the start stays until the end: looking for garbage in it takes 3 ms of the first 45
before the command line is read, and more behind them. The first paint takes it up again. What is left at the end goes
with the process: to look for garbage among all that was read of a large dump takes half a second more.
"""

import atexit
import gc
import signal

gc.disable()
atexit.register(gc.freeze)
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
