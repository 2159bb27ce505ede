"""Chapter 7, Data."""
