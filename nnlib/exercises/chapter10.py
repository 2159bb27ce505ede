"""Chapter 10, Gradient descent."""
