"""The promises of inzwa/models, on small wheels made here; one file fetches the real ones."""
