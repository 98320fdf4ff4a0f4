"""The app on real terminals: through tmux, and byte by byte on a pseudo-terminal."""
