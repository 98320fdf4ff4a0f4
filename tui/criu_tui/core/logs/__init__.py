"""What CRIU said: lines of its logs, their blocks, the cause, and the comparison with the plan.

Nothing here gives advice; that is the findings' part.
"""
