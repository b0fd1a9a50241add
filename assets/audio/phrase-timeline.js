// Maps the playback position of a reply to the phrase of its text that is heard there.

/**
 * @typedef {Object} Phrase a part of a reply's text
 * @property {number} turn whose reply it is
 * @property {number} start where it begins in the reply's text, in characters (code points)
 * @property {number} end where it ends there
 */

/** The phrases of one reply, by the time at which each of them begins in its audio. */
export class PhraseTimeline {
  /** @type {{startMs: number, phrase: Phrase}[]} */
  #entries = [];

  /** Makes it empty, for the next reply. */
  clear() {
    this.#entries = [];
  }

  /** @param {Phrase} phrase the reply's next one @param {number} startMs milliseconds of the reply's audio before it */
  add(phrase, startMs) {
    this.#entries.push({ startMs, phrase });
  }

  /** @param {number} playedMs milliseconds of the reply's audio played so far @returns {Phrase | null} what is heard */
  at(playedMs) {
    if (playedMs <= 0) return null;
    return this.#entries.findLast(({ startMs }) => startMs < playedMs)?.phrase ?? null;
  }
}
