"""Screens above the panes."""
