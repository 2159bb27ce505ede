"""Chapter 12, Learning rate."""
