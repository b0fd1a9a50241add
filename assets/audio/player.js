// The loudspeaker: decodes, resamples and plays the server's replies, one turn at a time, and earlier ones again.

import { createDecoder } from "./decoder.js";
import { PhraseTimeline } from "./phrase-timeline.js";
import { Resampler } from "./resampler.js";

/**
 * @typedef {import("./phrase-timeline.js").Phrase} Phrase
 * @typedef {import("./reply-sounds.js").ReplySound} ReplySound
 * @typedef {import("./player-worklet.js").PlayerCommand} PlayerCommand
 * @typedef {import("./player-worklet.js").PlayerReport} PlayerReport
 *
 * @typedef {Object} PlayerListeners
 * @property {(playing: boolean) => void} onPlaying playback of a reply has begun or ended
 * @property {() => void} onDecodeError a reply cannot be decoded
 * @property {(phrase: Phrase | null) => void} onPhrase the phrase heard from now on; null when nothing is
 */

/** The number of no turn: what is played is a reply from memory. */
const REPLAY = 0;

/** Plays the frames of the current turn; frames of any other turn are dropped. */
export class Player {
  #context;
  #listeners;
  #worklet;
  /** @type {import("./decoder.js").Decoder | null} */
  #decoder = null;
  /** Of the reply that is played again. @type {import("./decoder.js").Decoder | null} */
  #replayDecoder = null;
  /** @type {Resampler | null} */
  #resampler = null;
  #timeline = new PhraseTimeline();
  /** @type {number | null} */
  #turn = null;
  #playing = false;
  /** @type {Phrase | null} */
  #phrase = null;
  /** Milliseconds of audio in each of the server's frames. */
  #frameMs = 0;
  /** Milliseconds of this turn's audio received. */
  #receivedMs = 0;
  /** `clear` commands posted to the worklet: reports made before the last of them belong to an earlier turn. */
  #clearCount = 0;

  /** @param {AudioContext} context @param {PlayerListeners} listeners */
  constructor(context, listeners) {
    this.#context = context;
    this.#listeners = listeners;
    /** For tests and for the developer console; `peak` is the largest absolute sample played. */
    this.stats = { decodedSamples: 0, playedSamples: 0, peak: 0, underruns: 0, droppedFrames: 0 };
    this.#worklet = new AudioWorkletNode(context, "inzwa-player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.#worklet.port.onmessage = ({ data }) => this.#handleReport(data);
    this.#worklet.connect(context.destination);
  }

  /** The turn whose frames are played; null when there is none. */
  get turn() {
    return this.#turn;
  }

  /** Whether a reply is being played. */
  get playing() {
    return this.#playing;
  }

  /** Whether what is played is a reply from memory. */
  get replaying() {
    return this.#playing && this.#turn === REPLAY;
  }

  /** @param {import("../conversation/protocol.js").ReadyEvent} ready says what the server will send */
  configure(ready) {
    this.stop();
    this.#frameMs = ready.frame_ms;
    this.#decoder?.close();
    this.#decoder = createDecoder(ready, (samples, rate) => this.#play(samples, rate), () => this.#handleDecodeError());
  }

  /** @param {Phrase} phrase what the next frames say; the first phrase of a turn stops the turn before */
  startPhrase(phrase) {
    if (this.#turn !== phrase.turn) this.stop();
    this.#turn = phrase.turn;
    this.#timeline.add(phrase, this.#receivedMs);
  }

  /** @param {ArrayBuffer} frame of the current turn */
  push(frame) {
    if (!this.#turn || !this.#decoder) {
      this.stats.droppedFrames += 1;
      return;
    }
    this.#receivedMs += this.#frameMs;
    this.#decoder.push(frame);
  }

  /** @param {number} turn whose last frame has been received: what is buffered is played to its end */
  async endTurn(turn) {
    if (this.#turn !== turn || !(await this.#decoder?.flush()) || this.#turn !== turn) return;
    this.#end();
  }

  /** All that is to be played has been decoded. */
  #end() {
    if (this.#resampler) this.#postSamples(this.#resampler.flush());
    this.#resampler = null;
    this.#post({ type: "end" });
  }

  /** Plays a reply again; the first phrase of a turn stops it. @param {ReplySound} sound */
  async replay({ format, phrases, frames }) {
    this.stop();
    this.#turn = REPLAY;
    for (const { startMs, phrase } of phrases) this.#timeline.add(phrase, startMs);
    const decoder = createDecoder(
      format,
      (samples, rate) => this.#replayDecoder === decoder && this.#play(samples, rate),
      () => this.#replayDecoder === decoder && this.#handleDecodeError(),
    );
    this.#replayDecoder = decoder;
    for (const frame of frames) decoder.push(frame);
    if ((await decoder.flush()) && this.#replayDecoder === decoder) this.#end();
  }

  /** Stops playback at once. Frames of this turn that are still to come are dropped. */
  stop() {
    this.#turn = null;
    this.#resampler = null;
    this.#decoder?.reset();
    this.#replayDecoder?.close();
    this.#replayDecoder = null;
    this.#post({ type: "clear" });
    this.#clearCount += 1;
    this.#receivedMs = 0;
    this.#timeline.clear();
    this.#setPlaying(false);
  }

  /** @param {number} turn to be paused, because the user may be interrupting it; what is buffered is kept */
  pause(turn) {
    if (this.#turn === turn) this.#post({ type: "pause" });
  }

  /** @param {number} turn to be continued where it was paused */
  resume(turn) {
    if (this.#turn === turn) this.#post({ type: "resume" });
  }

  /** @param {Float32Array<ArrayBuffer>} samples @param {number} rate samples a second */
  #play(samples, rate) {
    this.stats.decodedSamples += samples.length;
    this.#resampler ??= new Resampler(rate, this.#context.sampleRate);
    this.#postSamples(this.#resampler.push(samples));
    this.#setPlaying(true);
  }

  /** @param {Float32Array<ArrayBuffer>} samples at the context's rate */
  #postSamples(samples) {
    if (samples.length > 0) this.#post({ type: "samples", samples }, [samples.buffer]);
  }

  /** @param {PlayerCommand} command @param {Transferable[]} [transfer] */
  #post(command, transfer = []) {
    this.#worklet.port.postMessage(command, transfer);
  }

  /** @param {PlayerReport} report */
  #handleReport({ playedSamples, peak, underruns, playedSinceClear, clearCount, drained }) {
    this.stats.playedSamples = playedSamples;
    this.stats.underruns = underruns;
    this.stats.peak = Math.max(this.stats.peak, peak);
    if (clearCount !== this.#clearCount) return;
    if (drained) this.#setPlaying(false);
    else if (this.#playing) this.#setPhrase(this.#timeline.at((playedSinceClear * 1000) / this.#context.sampleRate));
  }

  #handleDecodeError() {
    this.stop();
    this.#listeners.onDecodeError();
  }

  /** @param {Phrase | null} phrase */
  #setPhrase(phrase) {
    if (phrase === this.#phrase) return;
    this.#phrase = phrase;
    this.#listeners.onPhrase(phrase);
  }

  /** @param {boolean} playing */
  #setPlaying(playing) {
    if (!playing) this.#setPhrase(null);
    if (this.#playing === playing) return;
    this.#playing = playing;
    this.#listeners.onPlaying(playing);
  }
}
