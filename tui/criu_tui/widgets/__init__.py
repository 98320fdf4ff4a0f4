"""Views that several panes use."""
