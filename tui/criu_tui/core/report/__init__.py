"""What a dump says, as columns and rows: the one source of pane, --print text and JSON.

One module a pane, each with `table` for a screen and for text, and `json` for programs; `registry` names them.
Importing the package loads none of it: the command line's help needs the names alone.
"""
