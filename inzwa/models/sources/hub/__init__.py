"""The Hugging Face Hub: its client, what is read of a repository, downloads that resume, and errors in words."""
