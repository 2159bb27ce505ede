"""Chapter 15, Reading loss curves."""
