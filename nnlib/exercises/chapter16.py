"""Chapter 16, The whole thing."""
