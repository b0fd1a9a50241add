"""The promises of the room that turns messages into text."""
