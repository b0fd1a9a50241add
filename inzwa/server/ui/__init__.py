"""The Gradio page: talks to /ws/audio like any client."""
