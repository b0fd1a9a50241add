// Runs in the audio thread: plays what the page pushes, and says when a reply has been heard to its end.

import { JitterBuffer } from "./jitter-buffer.js";

/** Sound that must have come before a reply begins to play, in milliseconds. */
const START_MS = 60;

/** Samples between two reports to the page: about 43 ms at 48 kHz. */
const REPORT_SAMPLES = 2048;

/** What each order of the page's does to the store of sound. */
const ORDERS = { sound: "push", end: "end", hold: "hold", resume: "resume", clear: "clear" };

class PlayerProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.buffer = new JitterBuffer((sampleRate * START_MS) / 1000);
    this.played = 0;
    this.sinceReport = 0;
    this.peak = 0;
    this.port.onmessage = ({ data }) => this.obey(data);
  }

  /** @param {{type: "sound", sound: Float32Array} | {type: "end" | "hold" | "resume" | "clear"}} order */
  obey(order) {
    this.buffer[ORDERS[order.type]](order.sound);
  }

  process(_, [[out]]) {
    const sound = this.buffer.pull(out);
    this.played += sound;
    for (let i = 0; i < sound; i += 1) this.peak = Math.max(this.peak, Math.abs(out[i]));
    this.sinceReport += out.length;
    const drained = this.buffer.ended && this.buffer.buffered === 0;
    if (drained) this.buffer.ended = false;
    if (drained || this.sinceReport >= REPORT_SAMPLES) this.report(drained);
    return true;
  }

  /** @private */
  report(drained) {
    const { buffered, gaps, playing, heard, clears } = this.buffer;
    this.port.postMessage({ played: this.played, peak: this.peak, buffered, gaps, playing, heard, clears, drained });
    this.sinceReport = 0;
    this.peak = 0;
  }
}

registerProcessor("inzwa-player", PlayerProcessor);
