"""What evaluators gave, as a dataset on the Hugging Face Hub: pushed, read back into an empty store, deleted there."""
