"""What the adapters are trained with. Where each file comes from is in SOURCES.md."""
