// Records a sentence that is read aloud: from the microphone to a WAV file.

import { openAudioContext } from "../audio/audio-context.js";
import { Microphone } from "../audio/microphone.js";
import { RATE_HZ } from "../feedback/sent-audio.js";
import { wavFile } from "../feedback/wav.js";

/** Seconds after which a recording ends by itself; the server takes no longer ones. */
const MAX_S = 19;

export class VoiceRecorder {
  /** @type {Microphone | null} */
  #microphone = null;
  /** @type {Int16Array<ArrayBuffer>[]} */
  #frames = [];
  #samples = 0;
  #onEnd;

  /** @param {() => void} onEnd the recording has ended without `stop`: it is too long, or the microphone is gone */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  get recording() {
    return this.#microphone !== null;
  }

  get durationMs() {
    return (this.#samples * 1000) / RATE_HZ;
  }

  /** Call it in a handler of a user gesture. Rejects with AudioDeviceError. */
  async start() {
    this.#frames = [];
    this.#samples = 0;
    this.#microphone = await Microphone.open(openAudioContext(), {
      onFrame: (pcm) => this.#push(new Int16Array(pcm)),
      onLost: () => this.#onEnd(),
    });
  }

  /** @returns {Blob} the WAV file; the microphone is closed */
  stop() {
    this.#microphone?.close();
    this.#microphone = null;
    const samples = new Int16Array(this.#samples);
    let at = 0;
    for (const frame of this.#frames) {
      samples.set(frame, at);
      at += frame.length;
    }
    return wavFile(samples, RATE_HZ);
  }

  /** @param {Int16Array<ArrayBuffer>} frame */
  #push(frame) {
    this.#frames.push(frame);
    this.#samples += frame.length;
    if (this.#samples > MAX_S * RATE_HZ) this.#onEnd();
  }
}
