// The state of the conversation, computed from the server's events: its turns, and what is happening now.

/**
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 *
 * @typedef {Object} Turn
 * @property {number} number as the server counts in that conversation, from 1
 * @property {string} conversation the server's name of the connection's conversation; empty where it names none
 * @property {string} stable the part of the user's transcript that will not change
 * @property {string} tail the part that may still change
 * @property {string} reply
 * @property {boolean} over
 * @property {string} cancelled why it stopped early; empty otherwise
 * @property {import("./protocol.js").Latency | null} latency known at its end
 *
 * @typedef {Object} Activity
 * @property {boolean} userSpeaking the server hears the user speak
 * @property {boolean} replyPending the user waits for a reply
 */

/** @param {number} number @param {string} conversation @returns {Turn} */
function newTurn(number, conversation) {
  return { number, conversation, stable: "", tail: "", reply: "", over: false, cancelled: "", latency: null };
}

/** @param {Turn} turn @param {ServerEvent} event @returns {boolean} whether the event belongs to a turn's state */
function updateTurn(turn, event) {
  switch (event.type) {
    case "asr.partial":
      turn.stable = event.text.slice(0, event.stable.length);
      turn.tail = event.text.slice(event.stable.length);
      return true;
    case "asr.final":
      turn.stable = event.text;
      turn.tail = "";
      return true;
    case "llm.partial":
      turn.reply += event.token;
      return true;
    case "llm.final":
      turn.reply = event.text;
      return true;
    case "turn.end":
      turn.over = true;
      turn.latency = event.latency;
      return true;
    case "turn.cancelled":
      turn.over = true;
      turn.cancelled = event.reason;
      return true;
    default:
      return false;
  }
}

/** @type {Activity} */
const NO_ACTIVITY = { userSpeaking: false, replyPending: false };

/** @type {Activity} */
const REPLY_PENDING = { userSpeaking: false, replyPending: true };

/** What each event changes in the activity. @type {Partial<Record<ServerEvent["type"], Partial<Activity>>>} */
const ACTIVITY_CHANGES = {
  ready: NO_ACTIVITY,
  "speech.start": { userSpeaking: true, replyPending: false },
  "speech.stop": REPLY_PENDING,
  "asr.final": REPLY_PENDING,
  "tts.start": { replyPending: false },
  "turn.end": { replyPending: false },
  "turn.cancelled": { replyPending: false },
  error: { replyPending: false },
};

/** The turns by the server's numbers, and the activity. A new session counts from 1: `ready` removes all turns. */
export class Conversation {
  /** @type {Map<number, Turn>} */
  #turns = new Map();
  #onTurn;
  /** The server's name of this connection's conversation. */
  #name = "";

  /** @param {(turn: Turn) => void} onTurn a turn is new or has changed */
  constructor(onTurn) {
    this.#onTurn = onTurn;
    /** The server hears the user speak. */
    this.userSpeaking = false;
    /** The user waits for a reply. */
    this.replyPending = false;
  }

  /** @param {number} number @returns {Turn | undefined} */
  turn(number) {
    return this.#turns.get(number);
  }

  /** @param {ServerEvent} event */
  apply(event) {
    if (event.type === "ready") this.#begin(event);
    if (event.type === "error" && event.key) return; // it answers a rating
    Object.assign(this, ACTIVITY_CHANGES[event.type]);
    if (!("turn" in event)) return;
    const turn = this.#turns.get(event.turn) ?? newTurn(event.turn, this.#name);
    if (!updateTurn(turn, event)) return;
    this.#turns.set(event.turn, turn);
    this.#onTurn(turn);
  }

  /** @param {import("./protocol.js").ReadyEvent} ready of a new connection */
  #begin({ conversation = "" }) {
    this.#turns.clear();
    this.#name = conversation;
  }

  /** The connection is lost: nothing is happening. */
  clearActivity() {
    Object.assign(this, NO_ACTIVITY);
  }

  /** Forgets all turns: a new conversation begins. */
  clear() {
    this.#turns.clear();
    this.clearActivity();
  }

  /** The user has asked for a reply. */
  expectReply() {
    Object.assign(this, REPLY_PENDING);
  }
}

/**
 * @typedef {"error" | "connecting" | "listening" | "replaying" | "speaking" | "thinking" | "warming" | "ready" |
 *   "idle"} Status
 */

/**
 * The most urgent of the states that hold now.
 * @param {Object} state
 * @param {import("./connection.js").ConnectionState} state.connection
 * @param {boolean} state.wanted whether there should be a connection
 * @param {boolean} state.microphone whether the microphone's audio is sent
 * @param {boolean} state.playing whether a reply is being played
 * @param {boolean} state.replaying whether it is one that was heard before
 * @param {boolean} state.warming whether the server's models are not ready yet
 * @param {boolean} state.failed whether the microphone has failed
 * @param {boolean} state.userSpeaking
 * @param {boolean} state.replyPending
 * @returns {Status}
 */
export function status({ connection, wanted, failed, ...state }) {
  if (failed) return "error";
  if (wanted && connection !== "open") return "connecting";
  if (state.userSpeaking) return "listening";
  if (state.playing) return state.replaying ? "replaying" : "speaking";
  if (state.replyPending) return "thinking";
  if (state.warming) return "warming";
  return state.microphone ? "ready" : "idle";
}
