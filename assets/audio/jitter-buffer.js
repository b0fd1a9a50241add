// A small store of sound between a network that comes in gusts and a loudspeaker that never waits. Pure.

/** Samples over which sound that breaks off fades, so that it does not click. */
const RELEASE_SAMPLES = 96;

/** Waits until a little sound is there, then plays without a gap; waits again when it runs dry. */
export class JitterBuffer {
  /** @param {number} startSamples how much must be there before sound begins */
  constructor(startSamples) {
    this.startSamples = startSamples;
    /** @type {Float32Array[]} */
    this.chunks = [];
    this.offset = 0;
    this.buffered = 0;
    this.playing = false;
    this.ended = false;
    this.held = false;
    /** How often sound ran dry in the middle of a reply. */
    this.gaps = 0;
    /** Samples pulled since `clear`, and how often it was called: what they count belongs together. */
    this.heard = 0;
    this.clears = 0;
    this.last = 0;
    this.release = 0;
  }

  /** @param {Float32Array} chunk sound that follows all before it */
  push(chunk) {
    this.ended = false;
    this.chunks.push(chunk);
    this.buffered += chunk.length;
  }

  /** No more sound will come for this reply: play what is left, however little. */
  end() {
    this.ended = true;
  }

  /** Silence now, and nothing forgotten. */
  hold() {
    this.held = true;
  }

  /** Play on from where it was held. */
  resume() {
    this.held = false;
  }

  /** Silence now: everything not yet played is forgotten. */
  clear() {
    this.clears += 1;
    this.heard = 0;
    this.held = false;
    this.chunks = [];
    this.offset = 0;
    this.buffered = 0;
    this.playing = false;
    this.ended = false;
  }

  /**
   * Fills `out` with the next samples, or with silence.
   * @param {Float32Array} out
   * @returns {number} samples that were sound
   */
  pull(out) {
    if (this.held) this.playing = false;
    else if (!this.playing && this.ready()) this.playing = true;
    const sound = this.playing ? this.copy(out) : 0;
    if (sound > 0) this.remember(out[sound - 1]);
    if (sound < out.length) this.rest(out, sound);
    return sound;
  }

  /** @private */
  ready() {
    return this.buffered > 0 && !this.held && (this.ended || this.buffered >= this.startSamples);
  }

  /** @private */
  remember(sample) {
    this.last = sample;
    this.release = RELEASE_SAMPLES;
  }

  /** @private */
  copy(out) {
    let filled = 0;
    while (filled < out.length && this.chunks.length > 0) {
      const chunk = this.chunks[0];
      const part = chunk.subarray(this.offset, this.offset + out.length - filled);
      out.set(part, filled);
      filled += part.length;
      this.offset += part.length;
      if (this.offset === chunk.length) {
        this.chunks.shift();
        this.offset = 0;
      }
    }
    this.buffered -= filled;
    this.heard += filled;
    return filled;
  }

  /** @private */
  rest(out, from) {
    if (this.playing && !this.ended) this.gaps += 1;
    this.playing = false;
    for (let i = from; i < out.length; i += 1) {
      out[i] = (this.last * this.release) / RELEASE_SAMPLES;
      if (this.release > 0) this.release -= 1;
    }
  }
}
