// The loudspeaker: plays one reply after another without gaps, and is silent at once when told to.

import { openDecoder } from "./decoder.js";
import { Resampler } from "./resampler.js";

/** Knows turns only by their number: sound of any turn but the current one is dropped. */
export class Player {
  /**
   * @param {AudioContext} context
   * @param {{onPlaying: (playing: boolean) => void, onFailure: () => void}} listeners
   */
  constructor(context, { onPlaying, onFailure }) {
    this.context = context;
    this.onPlaying = onPlaying;
    this.onFailure = onFailure;
    /** The turn whose sound may be heard; null when none may. */
    this.turn = null;
    this.playing = false;
    /** Figures for tests and for the curious: samples heard, the loudest of them, gaps, frames dropped. */
    this.figures = { played: 0, peak: 0, gaps: 0, dropped: 0, decoded: 0 };
    this.node = new AudioWorkletNode(context, "inzwa-player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.port.onmessage = ({ data }) => this.heard(data);
    this.node.connect(context.destination);
  }

  /** @param {{audio_out: "opus" | "pcm16", sample_rate: number}} ready what the server will send from now on */
  format(ready) {
    this.stop();
    this.decoder?.close();
    this.decoder = openDecoder(ready, (sound, rate) => this.emit(sound, rate), () => this.failed());
  }

  /** @param {number} turn the frames that follow belong to it; an older turn's sound goes silent */
  begin(turn) {
    if (this.turn === turn) return;
    this.stop();
    this.turn = turn;
  }

  /** @param {ArrayBuffer} frame */
  push(frame) {
    if (this.turn === null || !this.decoder) this.figures.dropped += 1;
    else this.decoder.push(frame);
  }

  /** @param {number} turn whose last frame has come: what is left plays to its end */
  async end(turn) {
    if (this.turn !== turn || !(await this.decoder.flush()) || this.turn !== turn) return;
    if (this.resampler) this.post(this.resampler.flush());
    this.resampler = null;
    this.node.port.postMessage({ type: "end" });
  }

  /** Silence, now. What still arrives of this turn is dropped. */
  stop() {
    this.turn = null;
    this.resampler = null;
    this.decoder?.reset();
    this.node.port.postMessage({ type: "clear" });
    this.say(false);
  }

  /** @param {number} turn to be silent for now: the user may be interrupting it. What it has is kept. */
  hold(turn) {
    if (this.turn === turn) this.node.port.postMessage({ type: "hold" });
  }

  /** @param {number} turn to be played on from where it was held */
  resume(turn) {
    if (this.turn === turn) this.node.port.postMessage({ type: "resume" });
  }

  /** @private */
  emit(sound, rate) {
    this.figures.decoded += sound.length;
    this.resampler ??= new Resampler(rate, this.context.sampleRate);
    this.post(this.resampler.push(sound));
    this.say(true);
  }

  /** @private */
  post(sound) {
    if (sound.length > 0) this.node.port.postMessage({ type: "sound", sound }, [sound.buffer]);
  }

  /** @private */
  heard({ played, peak, gaps, drained }) {
    this.figures.played = played;
    this.figures.gaps = gaps;
    this.figures.peak = Math.max(this.figures.peak, peak);
    if (drained) this.say(false);
  }

  /** @private */
  failed() {
    this.stop();
    this.onFailure();
  }

  /** @private */
  say(playing) {
    if (this.playing === playing) return;
    this.playing = playing;
    this.onPlaying(playing);
  }
}
