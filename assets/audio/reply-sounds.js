// The sound of the last replies as it was received, kept in memory so that a reply can be heard again.

/** Replies that are kept. */
const MAX_REPLIES = 6;

/** Bytes kept in all: 40 minutes of Opus, or 4 minutes of PCM16. */
const MAX_BYTES = 8_000_000;

/**
 * @typedef {import("./phrase-timeline.js").Phrase} Phrase
 *
 * @typedef {Object} SoundFormat what the frames hold
 * @property {import("./decoder.js").AudioFormat} audio_out
 * @property {number} sample_rate in Hz
 * @property {number} frame_ms milliseconds of audio in each frame
 *
 * @typedef {Object} ReplySound
 * @property {SoundFormat} format
 * @property {{startMs: number, phrase: Phrase}[]} phrases each with the milliseconds of sound before it
 * @property {ArrayBuffer[]} frames
 * @property {number} bytes of all frames
 */

/**
 * Sounds by the turn that they answer. Beyond its bounds the oldest are forgotten, and a reply that goes beyond them by
 * itself.
 * @template {object} T the turn
 */
export class ReplySounds {
  /** Oldest first. @type {Map<T, ReplySound>} */
  #sounds = new Map();
  /** The one that grows. @type {ReplySound | null} */
  #current = null;
  /** Turns whose sound was forgotten. @type {WeakSet<T>} */
  #forgotten = new WeakSet();
  #bytes = 0;

  /** @param {T} turn @returns {ReplySound | undefined} */
  get(turn) {
    return this.#sounds.get(turn);
  }

  /** @param {T} turn @param {Phrase} phrase that the next frames say @param {SoundFormat} format */
  startPhrase(turn, phrase, format) {
    if (this.#forgotten.has(turn)) return;
    const sound = this.#sounds.get(turn) ?? { format, phrases: [], frames: [], bytes: 0 };
    this.#sounds.set(turn, sound);
    this.#current = sound;
    sound.phrases.push({ startMs: sound.frames.length * sound.format.frame_ms, phrase });
    this.#shrink();
  }

  /** @param {ArrayBuffer} frame of the reply whose phrase was started last */
  push(frame) {
    if (!this.#current) return;
    this.#current.frames.push(frame);
    this.#current.bytes += frame.byteLength;
    this.#bytes += frame.byteLength;
    this.#shrink();
  }

  /** Forgets all. */
  clear() {
    this.#sounds.clear();
    this.#current = null;
    this.#bytes = 0;
  }

  #shrink() {
    for (const [turn, sound] of this.#sounds) {
      if (this.#sounds.size <= MAX_REPLIES && this.#bytes <= MAX_BYTES) return;
      this.#sounds.delete(turn);
      this.#forgotten.add(turn);
      this.#bytes -= sound.bytes;
      if (sound === this.#current) this.#current = null;
    }
  }
}
