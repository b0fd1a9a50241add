// Which phrase of a reply is being heard, told from how much of its sound has been played. Pure: knows no page, no sound.

/**
 * @typedef {Object} Phrase
 * @property {number} turn the reply's
 * @property {number} start where it begins in the reply's text, in characters (code points)
 * @property {number} end where it ends there
 */

/** One reply's phrases, by where in its sound each begins. */
export class Following {
  constructor() {
    this.clear();
  }

  /** Another reply. */
  clear() {
    /** @type {{fromMs: number, phrase: Phrase}[]} */
    this.phrases = [];
  }

  /** @param {Phrase} phrase the next one @param {number} fromMs milliseconds of the reply's sound before it */
  add(phrase, fromMs) {
    this.phrases.push({ fromMs, phrase });
  }

  /** @param {number} playedMs of the reply's sound @returns {Phrase | null} what the last of it belongs to */
  at(playedMs) {
    if (playedMs <= 0) return null;
    return this.phrases.findLast(({ fromMs }) => fromMs < playedMs)?.phrase ?? null;
  }
}
