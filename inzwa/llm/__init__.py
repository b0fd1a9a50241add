"""Messages to text."""
