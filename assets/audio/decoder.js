// The server's binary frames to samples. Knows no socket and no loudspeaker.

const OPUS = { codec: "opus", sampleRate: 48000, numberOfChannels: 1 };

/** Microseconds in one Opus packet of 20 ms: WebCodecs counts so. */
const PACKET_US = 20000;

/**
 * What this browser can decode: Opus where WebCodecs knows it, else plain PCM.
 * @returns {Promise<"opus" | "pcm16">}
 */
export async function bestAudioOut() {
  if (!("AudioDecoder" in globalThis)) return "pcm16";
  const { supported } = await AudioDecoder.isConfigSupported(OPUS);
  return supported ? "opus" : "pcm16";
}

/** @param {AudioData} data @returns {Float32Array} its first channel */
function firstChannel(data) {
  const sound = new Float32Array(data.numberOfFrames);
  data.copyTo(sound, { planeIndex: 0, format: "f32-planar" });
  return sound;
}

/** Raw Opus packets of 20 ms, through WebCodecs. */
export class OpusDecoder {
  /**
   * @param {(sound: Float32Array, rate: number) => void} onSound
   * @param {() => void} onFailure the stream cannot be decoded; `reset` makes a new start
   */
  constructor(onSound, onFailure) {
    this.onSound = onSound;
    this.onFailure = onFailure;
    this.decoder = null;
    this.packets = 0;
    this.reset();
  }

  /** @param {ArrayBuffer} data one packet */
  push(data) {
    if (this.decoder.state !== "configured") return;
    const timestamp = this.packets * PACKET_US;
    this.packets += 1;
    this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, duration: PACKET_US, data }));
  }

  /** Forgets what is still being decoded. */
  reset() {
    this.close();
    const decoder = new AudioDecoder({
      output: (data) => this.deliver(decoder, data),
      error: () => this.decoder === decoder && this.onFailure(),
    });
    decoder.configure(OPUS);
    this.decoder = decoder;
    this.packets = 0;
  }

  /** @returns {Promise<boolean>} true when all that was pushed has been delivered; false when it was forgotten first */
  async flush() {
    const { decoder } = this;
    if (decoder.state !== "configured") return false;
    try {
      await decoder.flush();
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
    return this.decoder === decoder;
  }

  close() {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
  }

  /** @private */
  deliver(decoder, data) {
    if (this.decoder === decoder) this.onSound(firstChannel(data), data.sampleRate);
    data.close();
  }
}

/** Little-endian 16-bit PCM at one rate. */
export class Pcm16Decoder {
  /**
   * @param {number} rate samples a second
   * @param {(sound: Float32Array, rate: number) => void} onSound
   */
  constructor(rate, onSound) {
    this.rate = rate;
    this.onSound = onSound;
  }

  /** @param {ArrayBuffer} data whole samples */
  push(data) {
    const view = new DataView(data);
    const sound = Float32Array.from({ length: data.byteLength >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
    this.onSound(sound, this.rate);
  }

  reset() {}

  async flush() {
    return true;
  }

  close() {}
}

/**
 * @param {{audio_out: "opus" | "pcm16", sample_rate: number}} ready what the server said it sends
 * @param {(sound: Float32Array, rate: number) => void} onSound
 * @param {() => void} onFailure
 */
export function openDecoder(ready, onSound, onFailure) {
  return ready.audio_out === "opus" ? new OpusDecoder(onSound, onFailure) : new Pcm16Decoder(ready.sample_rate, onSound);
}
