"""Chat models: a conversation in, a reply in pieces of text out.

Prompts and replies are text outside of `llama` and `batching`, and token ids within. Only `llama` calls the native
library, and only its modules bindings and vocabulary import it.
"""
