"""Explore CRIU dumps: memory maps, page coverage, the restore's write plan, id maps."""
