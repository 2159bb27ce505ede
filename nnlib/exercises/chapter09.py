"""Chapter 9, Normalization."""
