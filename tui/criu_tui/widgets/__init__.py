"""Views that several panes use.

What knows of the inside of Textual, which is that of 8.2, stands in a few modules: `clipboard`, `compositing`,
`dimming`, `driver`, `looks`, `painting` and `terminal_app`.
"""
