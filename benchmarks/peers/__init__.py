"""Neighbours, measured side by side with Inzwa on the same models by the same client."""
