// Hearing replies again: keeps their sound while it is received, and plays it once more.

import { ReplySounds } from "../audio/reply-sounds.js";

/**
 * @typedef {import("./conversation.js").Turn} Turn
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 */

export class Replays {
  #audio;
  #conversation;
  /** @type {ReplySounds<Turn>} */
  #sounds = new ReplySounds();
  /** What this connection's binary frames hold. @type {import("../audio/reply-sounds.js").SoundFormat | null} */
  #format = null;
  /** The turn whose reply was last played again. @type {Turn | null} */
  #turn = null;

  /**
   * @param {import("../audio/audio-devices.js").AudioDevices} audio
   * @param {import("./conversation.js").Conversation} conversation
   */
  constructor(audio, conversation) {
    this.#audio = audio;
    this.#conversation = conversation;
  }

  /** The turn whose reply is being played again. @returns {Turn | null} */
  get playing() {
    return this.#audio.player?.replaying ? this.#turn : null;
  }

  /** @param {Turn} turn @returns {boolean} whether its reply can be heard again */
  has(turn) {
    return this.#sounds.get(turn) !== undefined;
  }

  /** @param {ServerEvent} event that the conversation has taken in */
  handleEvent(event) {
    if (event.type === "ready") this.#format = event;
    else if (event.type === "tts.start") this.#startPhrase(event);
    else if (event.type === "speech.start" && this.playing) this.#audio.stopPlayback();
  }

  /** @param {ArrayBuffer} frame of the reply whose phrase was started last */
  keep(frame) {
    this.#sounds.push(frame);
  }

  /** @param {Turn} turn whose reply is played; nothing where its sound is not kept */
  start(turn) {
    const sound = this.#sounds.get(turn);
    if (!sound) return;
    this.#turn = turn;
    this.#audio.player?.replay(sound);
  }

  /** Forgets all sound. */
  clear() {
    this.#sounds.clear();
  }

  /** @param {import("./protocol.js").TtsStartEvent} event */
  #startPhrase({ turn: number, written_start: start, written_end: end }) {
    const turn = this.#conversation.turn(number);
    if (turn && this.#format) this.#sounds.startPhrase(turn, { turn: number, start, end }, this.#format);
  }
}
