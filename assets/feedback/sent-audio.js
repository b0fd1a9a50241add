// The last sound that was sent to the server, by its place in what the server has heard on this connection.

export const RATE_HZ = 16000;

/** Seconds kept: the longest clip, and the time until its transcript is there. */
const KEPT_S = 45;

/** Kept only while `keep` is on; its place is counted always. */
export class SentAudio {
  /** A ring. @type {Int16Array<ArrayBuffer> | null} */
  #ring = null;
  /** Samples sent on this connection. */
  #sent = 0;
  /** The first sample that is in the ring, counted as `#sent` is. */
  #first = 0;

  /** @param {boolean} on whether sound is kept from now on; what was kept is forgotten when it is turned off */
  set keep(on) {
    if (on === (this.#ring !== null)) return;
    this.#ring = on ? new Int16Array(KEPT_S * RATE_HZ) : null;
    this.#first = this.#sent;
  }

  /** A new connection begins. */
  restart() {
    this.#sent = 0;
    this.#first = 0;
  }

  /** @param {ArrayBuffer} pcm a frame that was sent: 16 kHz mono PCM16 */
  push(pcm) {
    const samples = new Int16Array(pcm);
    if (this.#ring) {
      const at = this.#sent % this.#ring.length;
      const head = samples.subarray(0, this.#ring.length - at);
      this.#ring.set(head, at);
      this.#ring.set(samples.subarray(head.length), 0);
    }
    this.#sent += samples.length;
    if (this.#ring) this.#first = Math.max(this.#first, this.#sent - this.#ring.length);
  }

  /**
   * @param {number} startMs of the connection's sound @param {number} endMs
   * @returns {Int16Array<ArrayBuffer>} as far as it is kept; empty where nothing of it is
   */
  cut(startMs, endMs) {
    const start = Math.max(this.#first, Math.round((startMs * RATE_HZ) / 1000));
    const end = Math.min(this.#sent, Math.round((endMs * RATE_HZ) / 1000));
    const ring = this.#ring;
    if (!ring || end <= start) return new Int16Array(0);
    return Int16Array.from({ length: end - start }, (_, i) => ring[(start + i) % ring.length]);
  }
}
