// Cuts a stream of sound into PCM16 frames of one length. Pure: knows no microphone and no socket.

/** Collects samples until a frame is full. */
export class Framer {
  /** @param {number} frameSamples samples a frame */
  constructor(frameSamples) {
    this.frame = new Int16Array(frameSamples);
    this.filled = 0;
    this.energy = 0;
  }

  /**
   * @param {Float32Array} sound in [-1, 1]; what lies outside is clipped, never wrapped
   * @returns {{pcm: ArrayBuffer, level: number}[]} the frames that are full now; level is the root mean square, 0..1
   */
  push(sound) {
    const full = [];
    for (const sample of sound) {
      this.frame[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.energy += sample * sample;
      this.filled += 1;
      if (this.filled === this.frame.length) full.push(this.take());
    }
    return full;
  }

  /** @private */
  take() {
    const level = Math.sqrt(this.energy / this.frame.length);
    const pcm = this.frame.slice().buffer;
    this.filled = 0;
    this.energy = 0;
    return { pcm, level };
  }
}
