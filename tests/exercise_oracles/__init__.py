"""The right answers to the exercises, computed another way: ORACLES in one file a chapter."""
