"""What a dump holds and what CRIU does with it; no terminal, no printing."""
