"""Archives and layouts of each engine, made from the dumps in tests/dumps."""
