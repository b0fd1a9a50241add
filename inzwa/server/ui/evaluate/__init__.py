"""The Evaluate tab, its endpoints, and sign-in with the Hugging Face Hub where a Space offers it."""
