"""Signatures over models: keys, envelopes, manifests, and the policy where signatures are required."""
