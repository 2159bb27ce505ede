"""Chapter 14, The training recipe."""
