// A jitter buffer: absorbs the network's varying delay so that playback has no gaps.

/** Samples over which playback fades when it breaks off, so that it does not click. */
const FADE_OUT_SAMPLES = 96;

/** Starts playback once enough is buffered; buffers again after an underrun. */
export class JitterBuffer {
  /** @type {Float32Array[]} */
  #chunks = [];
  /** Samples of the first chunk that have been played. */
  #offset = 0;
  #buffered = 0;
  #playing = false;
  #paused = false;
  /** Whether the stream's last sample has been pushed. */
  #ended = false;
  #underruns = 0;
  #playedSinceClear = 0;
  #clearCount = 0;
  #lastSample = 0;
  #fadeRemaining = 0;
  #startSamples;

  /** @param {number} startSamples how much must be buffered before playback starts */
  constructor(startSamples) {
    this.#startSamples = startSamples;
  }

  /** How often the buffer ran empty in the middle of a stream. */
  get underruns() {
    return this.#underruns;
  }

  /** Samples played since the last `clear`. */
  get playedSinceClear() {
    return this.#playedSinceClear;
  }

  /** How often `clear` was called: tells which stream `playedSinceClear` counts. */
  get clearCount() {
    return this.#clearCount;
  }

  /** @param {Float32Array} chunk the stream's next samples */
  push(chunk) {
    this.#ended = false;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
  }

  /** The stream is complete: what is left is played, however little. */
  end() {
    this.#ended = true;
  }

  /** @returns {boolean} true once after `end`, as soon as everything has been played */
  takeDrained() {
    const drained = this.#ended && this.#buffered === 0;
    if (drained) this.#ended = false;
    return drained;
  }

  /** Stops playback at once and keeps what is buffered. */
  pause() {
    this.#paused = true;
  }

  /** Continues where `pause` stopped. */
  resume() {
    this.#paused = false;
  }

  /** Stops playback at once and drops what is buffered. */
  clear() {
    this.#clearCount += 1;
    this.#playedSinceClear = 0;
    this.#paused = false;
    this.#chunks = [];
    this.#offset = 0;
    this.#buffered = 0;
    this.#playing = false;
    this.#ended = false;
  }

  /**
   * Fills `out` with the next samples, or with silence.
   * @param {Float32Array} out
   * @returns {number} samples at its beginning that are of the stream
   */
  pull(out) {
    if (this.#paused) this.#playing = false;
    else if (this.#canStart()) this.#playing = true;
    const count = this.#playing ? this.#copyTo(out) : 0;
    if (count > 0) {
      this.#lastSample = out[count - 1];
      this.#fadeRemaining = FADE_OUT_SAMPLES;
    }
    if (count < out.length) this.#fadeOut(out, count);
    return count;
  }

  #canStart() {
    return this.#buffered > 0 && (this.#ended || this.#buffered >= this.#startSamples);
  }

  /** @param {Float32Array} out @returns {number} samples copied */
  #copyTo(out) {
    let filled = 0;
    while (filled < out.length && this.#chunks.length > 0) {
      const chunk = this.#chunks[0];
      const part = chunk.subarray(this.#offset, this.#offset + out.length - filled);
      out.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset === chunk.length) {
        this.#chunks.shift();
        this.#offset = 0;
      }
    }
    this.#buffered -= filled;
    this.#playedSinceClear += filled;
    return filled;
  }

  /** Fades from the last sample to silence. @param {Float32Array} out @param {number} from its first sample to fill */
  #fadeOut(out, from) {
    if (this.#playing && !this.#ended) this.#underruns += 1;
    this.#playing = false;
    for (let i = from; i < out.length; i += 1) {
      out[i] = (this.#lastSample * this.#fadeRemaining) / FADE_OUT_SAMPLES;
      if (this.#fadeRemaining > 0) this.#fadeRemaining -= 1;
    }
  }
}
