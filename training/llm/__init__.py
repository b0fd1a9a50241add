"""A LoRA that teaches the embedded language model Shona: text first, then dialogues."""
