// AudioWorklet processor of the loudspeaker: plays the samples that the page posts, and reports its progress.

import { JitterBuffer } from "./jitter-buffer.js";

/** Audio that must be buffered before a reply starts, in milliseconds. */
const START_MS = 60;

/** Samples between two reports to the page: about 43 ms at 48 kHz. */
const REPORT_SAMPLES = 2048;

/**
 * @typedef {{type: "samples", samples: Float32Array} | {type: "end" | "pause" | "resume" | "clear"}} PlayerCommand
 *   what the page posts to the worklet
 *
 * @typedef {Object} PlayerReport what the worklet posts to the page
 * @property {number} playedSamples samples played in all
 * @property {number} peak largest absolute sample since the last report
 * @property {number} underruns how often the buffer ran empty in the middle of a reply
 * @property {number} playedSinceClear samples played since the last `clear`
 * @property {number} clearCount how many `clear` commands had been carried out by then
 * @property {boolean} drained whether the reply has just been played to its end
 */

class PlayerProcessor extends AudioWorkletProcessor {
  #buffer = new JitterBuffer((sampleRate * START_MS) / 1000);
  #playedSamples = 0;
  #peak = 0;
  #samplesSinceReport = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#handleCommand(data);
  }

  /** @param {PlayerCommand} command */
  #handleCommand(command) {
    if (command.type === "samples") this.#buffer.push(command.samples);
    else this.#buffer[command.type]();
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs @returns {boolean} */
  process(_inputs, [[out]]) {
    const count = this.#buffer.pull(out);
    this.#playedSamples += count;
    for (let i = 0; i < count; i += 1) this.#peak = Math.max(this.#peak, Math.abs(out[i]));
    this.#samplesSinceReport += out.length;
    const drained = this.#buffer.takeDrained();
    if (drained || this.#samplesSinceReport >= REPORT_SAMPLES) this.#report(drained);
    return true;
  }

  /** @param {boolean} drained */
  #report(drained) {
    const { underruns, playedSinceClear, clearCount } = this.#buffer;
    /** @type {PlayerReport} */
    const report = {
      playedSamples: this.#playedSamples,
      peak: this.#peak,
      underruns,
      playedSinceClear,
      clearCount,
      drained,
    };
    this.port.postMessage(report);
    this.#samplesSinceReport = 0;
    this.#peak = 0;
  }
}

registerProcessor("inzwa-player", PlayerProcessor);
