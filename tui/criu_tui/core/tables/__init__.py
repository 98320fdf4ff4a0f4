"""Any table's engine without a screen: rows, columns, order, filter.

Nothing here knows what a row speaks of.
"""
