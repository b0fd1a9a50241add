// The loudspeaker: plays one reply after another without gaps, and is silent at once when told to.

import { openDecoder } from "./decoder.js";
import { Following } from "./phrase-timeline.js";
import { Resampler } from "./resampler.js";

/** Knows turns only by their number: sound of any turn but the current one is dropped. */
export class Player {
  /**
   * @param {AudioContext} context
   * @param {{onPlaying: (playing: boolean) => void, onFailure: () => void,
   *   onPhrase: (phrase: import("./phrase-timeline.js").Phrase | null) => void}} listeners
   *   `onPhrase`: what is heard from now on; null when nothing is
   */
  constructor(context, { onPlaying, onFailure, onPhrase }) {
    this.context = context;
    this.onPlaying = onPlaying;
    this.onPhrase = onPhrase;
    this.onFailure = onFailure;
    /** The turn whose sound may be heard; null when none may. */
    this.turn = null;
    this.playing = false;
    this.following = new Following();
    /** @type {import("./phrase-timeline.js").Phrase | null} */
    this.phrase = null;
    this.frameMs = 0;
    /** Milliseconds of this turn's sound that have come. */
    this.comeMs = 0;
    /** How often the store of sound has been told to forget: reports from before that are of another turn. */
    this.clears = 0;
    /** Figures for tests and for the curious: samples heard, the loudest of them, gaps, frames dropped. */
    this.figures = { played: 0, peak: 0, gaps: 0, dropped: 0, decoded: 0 };
    this.node = new AudioWorkletNode(context, "inzwa-player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.port.onmessage = ({ data }) => this.heard(data);
    this.node.connect(context.destination);
  }

  /** @param {{audio_out: "opus" | "pcm16", sample_rate: number, frame_ms: number}} ready what the server will send from now on */
  format(ready) {
    this.stop();
    this.frameMs = ready.frame_ms;
    this.decoder?.close();
    this.decoder = openDecoder(ready, (sound, rate) => this.emit(sound, rate), () => this.failed());
  }

  /** @param {import("./phrase-timeline.js").Phrase} phrase the frames that follow are its; older turns' sound goes silent */
  begin(phrase) {
    if (this.turn !== phrase.turn) this.stop();
    this.turn = phrase.turn;
    this.following.add(phrase, this.comeMs);
  }

  /** @param {ArrayBuffer} frame */
  push(frame) {
    if (this.turn === null || !this.decoder) {
      this.figures.dropped += 1;
      return;
    }
    this.comeMs += this.frameMs;
    this.decoder.push(frame);
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
    this.clears += 1;
    this.comeMs = 0;
    this.following.clear();
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
  heard({ played, peak, gaps, drained, heard, clears }) {
    this.figures.played = played;
    this.figures.gaps = gaps;
    this.figures.peak = Math.max(this.figures.peak, peak);
    if (clears !== this.clears) return;
    if (drained) this.say(false);
    else this.follow(this.following.at((heard * 1000) / this.context.sampleRate));
  }

  /** @private */
  follow(phrase) {
    if (phrase === this.phrase) return;
    this.phrase = phrase;
    this.onPhrase(phrase);
  }

  /** @private */
  failed() {
    this.stop();
    this.onFailure();
  }

  /** @private */
  say(playing) {
    if (!playing) this.follow(null);
    if (this.playing === playing) return;
    this.playing = playing;
    this.onPlaying(playing);
  }
}
