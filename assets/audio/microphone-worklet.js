// AudioWorklet processor of the microphone: the context's rate in, 20 ms frames of 16 kHz mono PCM16 out.

import { Framer } from "./framer.js";
import { Resampler } from "./resampler.js";

const OUTPUT_RATE_HZ = 16000;
const FRAME_SAMPLES = 320;

/** @param {Float32Array<ArrayBuffer>[]} channels @returns {Float32Array<ArrayBuffer>} their mean */
function mixToMono(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

class MicrophoneProcessor extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, OUTPUT_RATE_HZ);
  #framer = new Framer(FRAME_SAMPLES);
  #open = true;

  constructor() {
    super();
    this.port.onmessage = () => { this.#open = false; };
  }

  /** @param {Float32Array<ArrayBuffer>[][]} inputs @returns {boolean} false once the microphone is closed */
  process([channels]) {
    if (channels.length === 0) return this.#open;
    for (const { pcm, level } of this.#framer.push(this.#resampler.push(mixToMono(channels)))) {
      this.port.postMessage({ pcm, level }, [pcm]);
    }
    return this.#open;
  }
}

registerProcessor("inzwa-microphone", MicrophoneProcessor);
