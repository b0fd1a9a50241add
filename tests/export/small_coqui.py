"""A Coqui VITS with random weights, saved as its trainer saves one. Needs torch and coqui-tts."""

from pathlib import Path
from typing import Any

import torch
from TTS.tts.configs.shared_configs import CharactersConfig
from TTS.tts.configs.vits_config import VitsConfig
from TTS.tts.models.vits import Vits, VitsArgs

SMALL = {
    "hidden_channels": 32,
    "hidden_channels_ffn_text_encoder": 48,
    "num_layers_text_encoder": 2,
    "num_layers_flow": 2,
    "num_layers_posterior_encoder": 2,
    "upsample_initial_channel_decoder": 32,
    "init_discriminator": False,
}
CHARACTERS = {
    "characters_class": "TTS.tts.models.vits.VitsCharacters",
    "pad": "_",
    "eos": "",
    "bos": "",
    "blank": "<BLNK>",
    "characters": "abcdefghijklmnopqrstuvwxyz'",
    "punctuations": "!?., ",
    "phonemes": "",
    "is_unique": False,
    "is_sorted": True,
}


def make(folder: Path, *, more: Any = None, **args: Any) -> tuple[Path, Path]:
    """Checkpoint and config of a voice with these arguments; `more` is put into the checkpoint beside the weights."""
    torch.manual_seed(0)
    speakers = args.pop("speakers", [])
    characters = CharactersConfig(**CHARACTERS)
    config = VitsConfig(
        model_args=VitsArgs(**SMALL, **args), characters=characters, add_blank=True, speakers=speakers, datasets=[]
    )
    model = Vits(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("translation", "log_scale", "bias", "gamma")):  # alike until trained
                weight.add_(0.1 * torch.randn_like(weight))
    folder.mkdir(exist_ok=True)
    torch.save({"model": model.state_dict(), "step": 1, "more": more}, folder / "checkpoint.pth")
    config.save_json(str(folder / "config.json"))
    return folder / "checkpoint.pth", folder / "config.json"
