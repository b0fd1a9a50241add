// Splits a stream of samples into PCM16 frames of a fixed length, each with its level.

export class Framer {
  /** @type {Int16Array<ArrayBuffer>} */
  #frame;
  #filled = 0;
  /** Sum of the squares of the samples in the frame so far. */
  #energy = 0;

  /** @param {number} frameSamples samples a frame */
  constructor(frameSamples) {
    this.#frame = new Int16Array(frameSamples);
  }

  /**
   * @param {Float32Array} samples in [-1, 1]; what lies outside is clipped, never wrapped
   * @returns {{pcm: ArrayBuffer, level: number}[]} the frames that are full now; level is the root mean square, 0..1
   */
  push(samples) {
    const frames = [];
    for (const sample of samples) {
      this.#frame[this.#filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.#energy += sample * sample;
      this.#filled += 1;
      if (this.#filled === this.#frame.length) frames.push(this.#takeFrame());
    }
    return frames;
  }

  #takeFrame() {
    const level = Math.sqrt(this.#energy / this.#frame.length);
    const pcm = this.#frame.slice().buffer;
    this.#filled = 0;
    this.#energy = 0;
    return { pcm, level };
  }
}
