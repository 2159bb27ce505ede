"""Chapter 11, Optimizers."""
