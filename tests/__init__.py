"""The promises of Inzwa, one folder a room."""
