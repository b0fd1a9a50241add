"""An MMS-TTS voice of a few hundred kilobytes with random weights, written as transformers writes one."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from inzwa.models.local_model import LocalModel
from tests.models.convert.small_whisper import save

LETTERS = ("k", "'", "a", "b", "c", "d", "e", "h", "i", "m", "n", "o", "r", "s", "u", "v", "w", "y", "z", " ")
"""The letter of index 0 is also the blank, as in MMS-TTS."""

HIDDEN, FLOW, INNER, HEADS, WINDOW, BINS = 16, 8, 24, 2, 2, 4
RATES, KERNELS, WIDE = (4, 2), (8, 4), 16

CONFIG = {
    "model_type": "vits",
    "vocab_size": len(LETTERS),
    "hidden_size": HIDDEN,
    "num_hidden_layers": 2,
    "num_attention_heads": HEADS,
    "window_size": WINDOW,
    "ffn_dim": INNER,
    "ffn_kernel_size": 3,
    "flow_size": FLOW,
    "hidden_act": "relu",
    "layer_norm_eps": 1e-5,
    "use_stochastic_duration_prediction": True,
    "num_speakers": 1,
    "depth_separable_channels": 2,
    "depth_separable_num_layers": 2,
    "duration_predictor_flow_bins": BINS,
    "duration_predictor_tail_bound": 5.0,
    "duration_predictor_kernel_size": 3,
    "duration_predictor_num_flows": 3,
    "prior_encoder_num_flows": 2,
    "prior_encoder_num_wavenet_layers": 2,
    "wavenet_kernel_size": 5,
    "wavenet_dilation_rate": 1,
    "upsample_initial_channel": WIDE,
    "upsample_rates": RATES,
    "upsample_kernel_sizes": KERNELS,
    "resblock_kernel_sizes": (3, 5),
    "resblock_dilation_sizes": ((1, 3), (1, 3)),
    "leaky_relu_slope": 0.1,
    "noise_scale": 0.667,
    "noise_scale_duration": 0.8,
    "speaking_rate": 1.0,
    "sampling_rate": 16_000,
}
TOKENIZER = {
    "add_blank": True,
    "is_uroman": False,
    "language": "sna",
    "normalize": True,
    "pad_token": "k",
    "phonemize": False,
    "tokenizer_class": "VitsTokenizer",
    "unk_token": "<unk>",
}

Shapes = dict[str, tuple[int, ...]]


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    """Every tensor that speaking needs, and one that only training does."""
    draw = np.random.default_rng(seed)
    return {name: draw.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes().items()}


def write(folder: Path, tensors: Mapping[str, np.ndarray], **documents: object) -> LocalModel:
    """A checkpoint; `documents` (config, vocab, tokenizer_config) replace the usual, None omits."""
    vocab = {letter: number for number, letter in enumerate(LETTERS)}
    return save(folder, tensors, {"config": CONFIG, "vocab": vocab, "tokenizer_config": TOKENIZER} | documents)


def shapes() -> Shapes:
    """Tensor name to shape."""
    found: Shapes = {"text_encoder.embed_tokens.weight": (len(LETTERS), HIDDEN)}
    found |= _convolution("text_encoder.project", HIDDEN, 2 * FLOW)
    found |= _convolution("posterior_encoder.conv_pre", 5, HIDDEN)
    for number in range(2):
        found |= _text_layer(f"text_encoder.encoder.layers.{number}")
    for part in (_durations, _flows, _decoder):
        for more in part():
            found |= more
    return found


def _text_layer(at: str) -> Shapes:
    found = _convolution(f"{at}.feed_forward.conv_1", HIDDEN, INNER, 3)
    found |= _convolution(f"{at}.feed_forward.conv_2", INNER, HIDDEN, 3)
    found |= _norm(f"{at}.layer_norm") | _norm(f"{at}.final_layer_norm")
    for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
        found |= {f"{at}.attention.{part}.weight": (HIDDEN, HIDDEN), f"{at}.attention.{part}.bias": (HIDDEN,)}
    distances = (1, 2 * WINDOW + 1, HIDDEN // HEADS)
    return found | {f"{at}.attention.emb_rel_k": distances, f"{at}.attention.emb_rel_v": distances}


def _durations() -> Iterator[Shapes]:
    at = "duration_predictor"
    yield {f"{at}.flows.0.translate": (2, 1), f"{at}.flows.0.log_scale": (2, 1)}
    yield _convolution(f"{at}.conv_pre", HIDDEN, HIDDEN) | _convolution(f"{at}.conv_proj", HIDDEN, HIDDEN)
    yield _separable(f"{at}.conv_dds")
    for number in (1, 2, 3):
        yield _convolution(f"{at}.flows.{number}.conv_pre", 1, HIDDEN)
        yield _convolution(f"{at}.flows.{number}.conv_proj", HIDDEN, 3 * BINS - 1)
        yield _separable(f"{at}.flows.{number}.conv_dds")


def _separable(at: str) -> Shapes:
    found: Shapes = {}
    for number in range(2):
        found |= _convolution(f"{at}.convs_dilated.{number}", 1, HIDDEN, 3)
        found |= _convolution(f"{at}.convs_pointwise.{number}", HIDDEN, HIDDEN)
        found |= _norm(f"{at}.norms_1.{number}") | _norm(f"{at}.norms_2.{number}")
    return found


def _flows() -> Iterator[Shapes]:
    for number in range(2):
        at = f"flow.flows.{number}"
        yield _convolution(f"{at}.conv_pre", FLOW // 2, HIDDEN) | _convolution(f"{at}.conv_post", HIDDEN, FLOW // 2)
        for layer, gives in ((0, 2 * HIDDEN), (1, HIDDEN)):
            yield _normed(f"{at}.wavenet.in_layers.{layer}", HIDDEN, 2 * HIDDEN, 5)
            yield _normed(f"{at}.wavenet.res_skip_layers.{layer}", HIDDEN, gives, 1)


def _decoder() -> Iterator[Shapes]:
    yield _convolution("decoder.conv_pre", FLOW, WIDE, 7)
    channels = WIDE
    for stage, kernel in enumerate(KERNELS):
        yield {f"decoder.upsampler.{stage}.weight": (channels, channels // 2, kernel)}
        channels //= 2
        yield {f"decoder.upsampler.{stage}.bias": (channels,)}
        for number, size in enumerate((3, 5)):
            for part in ("convs1.0", "convs1.1", "convs2.0", "convs2.1"):
                yield _convolution(f"decoder.resblocks.{2 * stage + number}.{part}", channels, channels, size)
    yield {"decoder.conv_post.weight": (1, channels, 7)}


def _convolution(name: str, takes: int, gives: int, kernel: int = 1) -> Shapes:
    return {f"{name}.weight": (gives, takes, kernel), f"{name}.bias": (gives,)}


def _normed(name: str, takes: int, gives: int, kernel: int) -> Shapes:
    at = f"{name}.parametrizations.weight"
    return {f"{at}.original0": (gives, 1, 1), f"{at}.original1": (gives, takes, kernel), f"{name}.bias": (gives,)}


def _norm(name: str) -> Shapes:
    return {f"{name}.weight": (HIDDEN,), f"{name}.bias": (HIDDEN,)}
