"""Logs of failed runs as people have posted them, made small, with what the maintainers said."""
