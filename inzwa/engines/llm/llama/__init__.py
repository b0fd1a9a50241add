"""llama.cpp: which build is loaded, its C functions, and the language model made of them."""
