// What has been said and what is going on, as the server's events tell it. Pure: knows no page, no sound, no socket.

/**
 * @typedef {Object} Turn
 * @property {number} number as the server counts
 * @property {string} stable what the user said, so far as it will not change
 * @property {string} tail what may still change
 * @property {boolean} heard whether the transcript is final
 * @property {string} reply
 * @property {boolean} over
 * @property {string} cancelled why it stopped early; empty otherwise
 * @property {Object | null} latency milliseconds, as in `turn.end`
 */

/** @param {number} number @returns {Turn} */
function newTurn(number) {
  return { number, stable: "", tail: "", heard: false, reply: "", over: false, cancelled: "", latency: null };
}

/** What each event changes in its turn. */
const TURN_RULES = {
  "asr.partial": (turn, { text, stable }) =>
    Object.assign(turn, { stable: text.slice(0, stable.length), tail: text.slice(stable.length) }),
  "asr.final": (turn, { text }) => Object.assign(turn, { stable: text, tail: "", heard: true }),
  "llm.partial": (turn, { token }) => Object.assign(turn, { reply: turn.reply + token }),
  "llm.final": (turn, { text }) => Object.assign(turn, { reply: text }),
  "turn.end": (turn, { latency }) => Object.assign(turn, { over: true, latency }),
  "turn.cancelled": (turn, { reason }) => Object.assign(turn, { over: true, cancelled: reason }),
};

/** What each event changes in what is going on: is the user speaking, is an answer awaited? */
const MOOD_RULES = {
  ready: { hearing: false, thinking: false },
  "speech.start": { hearing: true, thinking: false },
  "speech.stop": { hearing: false, thinking: true },
  "asr.final": { hearing: false, thinking: true },
  "tts.start": { thinking: false },
  "turn.end": { thinking: false },
  "turn.cancelled": { thinking: false },
  error: { thinking: false },
};

/** Turns by the server's numbers. A new session counts from 1 again, so `ready` forgets the old numbers. */
export class Conversation {
  /** @param {(turn: Turn) => void} onTurn a turn is new or has changed */
  constructor(onTurn) {
    this.onTurn = onTurn;
    /** @type {Map<number, Turn>} */
    this.turns = new Map();
    this.hearing = false;
    this.thinking = false;
  }

  /** @param {{type: string, turn?: number}} event of the server */
  apply(event) {
    if (event.type === "ready") this.turns.clear();
    Object.assign(this, MOOD_RULES[event.type]);
    const rule = TURN_RULES[event.type];
    if (!rule) return;
    const turn = this.turns.get(event.turn) ?? newTurn(event.turn);
    this.turns.set(event.turn, turn);
    rule(turn, event);
    this.onTurn(turn);
  }

  /** The line is down: nothing is going on any more. */
  hangUp() {
    Object.assign(this, MOOD_RULES.ready);
  }

  /** The user has asked for an answer. */
  asked() {
    Object.assign(this, MOOD_RULES["speech.stop"]);
  }
}

/**
 * One word for what the page shows.
 * @param {{line: string, wanted: boolean, microphone: boolean, playing: boolean, failed: boolean,
 *   hearing: boolean, thinking: boolean}} now
 * @returns {"error" | "connecting" | "listening" | "speaking" | "thinking" | "ready" | "idle"}
 */
export function status(now) {
  if (now.failed) return "error";
  if (now.wanted && now.line !== "open") return "connecting";
  if (now.hearing) return "listening";
  if (now.playing) return "speaking";
  if (now.thinking) return "thinking";
  return now.microphone ? "ready" : "idle";
}
