// Runs in the audio thread: the microphone at whatever rate it has, out as 20 ms frames of 16 kHz PCM16.

import { Framer } from "./framer.js";
import { Resampler } from "./resampler.js";

const RATE = 16000;
const FRAME_SAMPLES = 320;

/** @param {Float32Array[]} channels @returns {Float32Array} their mean */
function mono(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

class MicrophoneProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.framer = new Framer(FRAME_SAMPLES);
    this.open = true;
    this.port.onmessage = () => { this.open = false; };
  }

  process([channels]) {
    if (channels.length === 0) return this.open;
    for (const { pcm, level } of this.framer.push(this.resampler.push(mono(channels)))) {
      this.port.postMessage({ pcm, level }, [pcm]);
    }
    return this.open;
  }
}

registerProcessor("inzwa-microphone", MicrophoneProcessor);
