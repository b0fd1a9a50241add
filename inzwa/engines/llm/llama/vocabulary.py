"""A model's vocabulary, from llama.cpp: text to tokens and back, and the names of its control tokens."""

import ctypes
from collections.abc import Iterator
from typing import Final

from llama_cpp import llama_cpp as llama

_LONGEST_TOKEN: Final = 512
"""Bytes that one token may spell."""


class LlamaVocabulary:
    """A model's tokens. Read-only, so any thread may use it."""

    def __init__(self, model: llama.llama_model_p) -> None:
        self._vocabulary = llama.llama_model_get_vocab(model)
        self.size = llama.llama_vocab_n_tokens(self._vocabulary)
        self.template = (llama.llama_model_chat_template(model, None) or b"").decode()
        """The model's own chat template, in Jinja; empty where it has none."""
        self.bos = self._spelling(llama.llama_vocab_bos(self._vocabulary))
        self.eos = self._spelling(llama.llama_vocab_eos(self._vocabulary))
        self.control = frozenset(self._control_spellings())
        """How the control tokens are written."""
        self._ends = frozenset(token for token in range(self.size) if llama.llama_vocab_is_eog(self._vocabulary, token))
        self._spelled: dict[int, bytes] = {}

    def tokens(self, text: str) -> tuple[int, ...]:
        """A prompt's tokens, control tokens where they are spelled; with the model's own first token if it lacks it."""
        data = text.encode(errors="replace")
        adds_bos = not (self.bos and text.startswith(self.bos))
        room = len(data) + 2  # a token is never shorter than a byte, but for a first space and the beginning
        buffer = (llama.llama_token * room)()
        length = llama.llama_tokenize(self._vocabulary, data, len(data), buffer, room, adds_bos, True)
        return tuple(buffer[:length])

    def token_bytes(self, token: int) -> bytes:
        """What the token spells; nothing for a control token."""
        if token not in self._spelled:  # every call into the library may cost a wait for the interpreter's lock
            self._spelled[token] = self._spell(token)
        return self._spelled[token]

    def is_end(self, token: int) -> bool:
        """Whether the token ends a reply."""
        return token in self._ends

    def _spell(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(_LONGEST_TOKEN)
        length = llama.llama_token_to_piece(self._vocabulary, token, buffer, _LONGEST_TOKEN, 0, False)
        return buffer.raw[: max(length, 0)]

    def _spelling(self, token: int) -> str:
        return llama.llama_vocab_get_text(self._vocabulary, token).decode() if token >= 0 else ""

    def _control_spellings(self) -> Iterator[str]:
        """Also those of tokens that are a word of their own and are in the template."""
        for token in range(self.size):
            attributes = llama.llama_vocab_get_attr(self._vocabulary, token)
            if attributes & llama.LLAMA_TOKEN_ATTR_CONTROL:
                yield self._spelling(token)
            elif attributes & llama.LLAMA_TOKEN_ATTR_USER_DEFINED:
                spelling = self._spelling(token)
                if spelling in self.template and spelling.strip() and not spelling.isalnum():
                    yield spelling
