// Decoders of the server's binary frames: Opus through WebCodecs, and plain PCM16.

const OPUS_CONFIG = { codec: "opus", sampleRate: 48000, numberOfChannels: 1 };

/** Duration of one Opus packet, in microseconds, the unit of WebCodecs. */
const PACKET_US = 20000;

/**
 * @typedef {"opus" | "pcm16"} AudioFormat what the server's binary frames hold
 *
 * @typedef {(samples: Float32Array<ArrayBuffer>, rate: number) => void} SamplesListener
 *   mono samples in [-1, 1], and how many of them make a second
 *
 * @typedef {Object} Decoder
 * @property {(frame: ArrayBuffer) => void} push
 * @property {() => void} reset drops what is still being decoded, and makes a decoder that failed work again
 * @property {() => Promise<boolean>} flush true once all that was pushed has been delivered; false when a reset came
 *   first
 * @property {() => void} close
 */

/** @returns {Promise<AudioFormat>} what this browser can decode: Opus where WebCodecs supports it, else PCM16 */
export async function preferredFormat() {
  if (!("AudioDecoder" in globalThis)) return "pcm16";
  const { supported } = await AudioDecoder.isConfigSupported(OPUS_CONFIG);
  return supported ? "opus" : "pcm16";
}

/** @param {AudioData} data @returns {Float32Array<ArrayBuffer>} its first channel */
function firstChannel(data) {
  const samples = new Float32Array(data.numberOfFrames);
  data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
  return samples;
}

/** Raw Opus packets of 20 ms. @implements {Decoder} */
class OpusDecoder {
  #onSamples;
  #onError;
  /** @type {AudioDecoder} */
  #decoder;
  #packets = 0;

  /**
   * @param {SamplesListener} onSamples
   * @param {() => void} onError the stream cannot be decoded; `reset` starts anew
   */
  constructor(onSamples, onError) {
    this.#onSamples = onSamples;
    this.#onError = onError;
    this.#decoder = this.#open();
  }

  /** @param {ArrayBuffer} data one packet */
  push(data) {
    if (this.#decoder.state !== "configured") return;
    const timestamp = this.#packets * PACKET_US;
    this.#packets += 1;
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, duration: PACKET_US, data }));
  }

  reset() {
    this.close();
    this.#decoder = this.#open();
    this.#packets = 0;
  }

  async flush() {
    const decoder = this.#decoder;
    if (decoder.state !== "configured") return false;
    try {
      await decoder.flush();
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
    return this.#decoder === decoder;
  }

  close() {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  /** @returns {AudioDecoder} a new one, configured; what it reports after it was replaced is ignored */
  #open() {
    /** @type {AudioDecoder} */
    const decoder = new AudioDecoder({
      output: (data) => {
        if (this.#decoder === decoder) this.#onSamples(firstChannel(data), data.sampleRate);
        data.close();
      },
      error: () => this.#decoder === decoder && this.#onError(),
    });
    decoder.configure(OPUS_CONFIG);
    return decoder;
  }
}

/** Little-endian 16-bit PCM. @implements {Decoder} */
class Pcm16Decoder {
  #rate;
  #onSamples;

  /**
   * @param {number} rate samples a second
   * @param {SamplesListener} onSamples
   */
  constructor(rate, onSamples) {
    this.#rate = rate;
    this.#onSamples = onSamples;
  }

  /** @param {ArrayBuffer} data whole samples */
  push(data) {
    const view = new DataView(data);
    const length = data.byteLength >> 1;
    this.#onSamples(Float32Array.from({ length }, (_, i) => view.getInt16(2 * i, true) / 32768), this.#rate);
  }

  reset() {}

  async flush() {
    return true;
  }

  close() {}
}

/**
 * @param {{audio_out: AudioFormat, sample_rate: number}} ready what the server said it sends
 * @param {SamplesListener} onSamples
 * @param {() => void} onError
 * @returns {Decoder}
 */
export function createDecoder(ready, onSamples, onError) {
  return ready.audio_out === "opus"
    ? new OpusDecoder(onSamples, onError)
    : new Pcm16Decoder(ready.sample_rate, onSamples);
}
