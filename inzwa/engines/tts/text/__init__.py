"""Text to the ids that a VITS voice was trained on: one front end for each kind of voice."""
