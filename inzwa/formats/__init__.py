"""File formats that engines and converters read and write: ONNX, GGUF, CTranslate2, safetensors. No model is loaded."""
