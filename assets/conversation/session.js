// A session with the server: carries out its events, and keeps the connection while the user needs it.

import { Connection, socketUrl } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Replays } from "./replays.js";

/**
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 * @typedef {import("./connection.js").ConnectionState} ConnectionState
 * @typedef {import("./conversation.js").Turn} Turn
 *
 * @typedef {Object} Limits the server's settings that the page needs
 * @property {number} chars longest typed text, in characters
 * @property {number} seconds longest utterance
 * @property {number} silence milliseconds of silence that end an utterance, unless the user chooses otherwise
 * @property {number} speed of the voice, unless the user chooses otherwise; 1 is the voice's own
 *
 * @typedef {Object} SessionListeners
 * @property {() => void} onChange the state of the conversation or of the connection may have changed
 * @property {() => void} onRefused the server refuses the connection
 * @property {(event: ServerEvent) => void} onEvent the server has sent this, and it has been carried out
 * @property {() => boolean} isSending whether the microphone's audio is meant to be sent now
 */

/** @returns {string} a random name for the conversation of this visit */
function newSessionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Carries out what an event says about playback.
 * @param {import("../audio/player.js").Player} player @param {ServerEvent} event
 */
function controlPlayer(player, event) {
  switch (event.type) {
    case "ready":
      return player.configure(event);
    case "tts.start":
      return player.startPhrase({ turn: event.turn, start: event.written_start, end: event.written_end });
    case "tts.hold":
      return player.pause(event.turn);
    case "tts.resume":
      return player.resume(event.turn);
    case "tts.end":
      return player.endTurn(event.turn);
    default:
      return undefined;
  }
}

export class Session {
  #audio;
  #view;
  #limits;
  #listeners;
  #id = newSessionId();
  #accessToken = "";
  /** Key of the message that says why the server refused; it stays shown while the connection is retried. */
  #refusal = "";

  /**
   * @param {import("../audio/audio-devices.js").AudioDevices} audio
   * @param {import("../ui/view.js").View} view
   * @param {Limits} limits
   * @param {SessionListeners} listeners
   */
  constructor(audio, view, limits, listeners) {
    this.#audio = audio;
    this.#view = view;
    this.#limits = limits;
    this.#listeners = listeners;
    this.conversation = new Conversation((turn) => view.transcript.show(turn));
    this.replays = new Replays(audio, this.conversation);
    this.connection = new Connection(socketUrl(), () => this.startMessage(), {
      onEvent: (event) => this.handleEvent(event),
      onAudio: (frame) => this.#handleAudio(frame),
      onState: (state, seconds) => this.#handleConnectionState(state, seconds),
      onRefused: listeners.onRefused,
      onDropped: () => view.notice.show("connection.slow", { kind: "info" }),
    });
  }

  /** Whether a reply is awaited or being played. */
  get #replying() {
    return (this.#audio.playing && !this.replays.playing) || this.conversation.replyPending;
  }

  /** Whether the user speaks, or a reply is awaited or played for the first time. */
  get busy() {
    return this.conversation.userSpeaking || this.#replying;
  }

  /** Whether a lost connection must be restored: the user is speaking, or something was never sent. */
  get #connectionNeeded() {
    return this.#listeners.isSending() || this.connection.hasQueued;
  }

  /** The first message of each connection, with what the user has chosen; public for tests. */
  startMessage() {
    const { choices } = this.#view;
    /** @type {import("./protocol.js").StartMessage} */
    const message = {
      type: "start",
      session_id: this.#id,
      auth: this.#accessToken,
      codec: "pcm16",
      sample_rate: 16000,
      audio_out: this.#audio.audioOut,
      language: choices.spokenLanguage,
      silence_ms: choices.silenceMs,
      hotwords: choices.hotwords,
      voice: choices.voice,
      speed: choices.speed,
      mode: choices.pushToTalk ? "push_to_talk" : "hands_free",
    };
    return message;
  }

  /** @param {import("./protocol.js").ReplyRequest} request */
  requestReply(request) {
    this.connection.open();
    this.connection.send(request);
    this.conversation.expectReply();
  }

  /** Stops playback, and has the server cancel the reply. */
  cancelReply() {
    const replying = this.#replying;
    this.#audio.stopPlayback();
    if (replying && this.connection.state === "open") this.connection.send({ type: "cancel" });
    this.conversation.replyPending = false;
  }

  /** Applies changed choices: they stand in the first message, so they need a new connection. */
  reconnect() {
    this.connection.close();
    if (this.#listeners.isSending()) this.connection.open();
  }

  /** Begins a conversation of which neither this page nor the server knows anything. */
  startNew() {
    this.#audio.stopPlayback();
    this.#id = newSessionId();
    this.replays.clear();
    this.conversation.clear();
    this.reconnect();
  }

  /** Plays a reply again, or stops it where it is being played again. @param {Turn} turn */
  toggleReplay(turn) {
    if (this.replays.playing === turn) this.#audio.stopPlayback();
    else if (!this.busy) this.replays.start(turn);
  }

  /** @param {string} token that the server asked for */
  setAccessToken(token) {
    this.#accessToken = token;
    if (this.#connectionNeeded) this.connection.open();
  }

  /** Marks what is heard in the transcript. @param {import("../audio/phrase-timeline.js").Phrase | null} phrase */
  highlight(phrase) {
    const turn = phrase ? (this.replays.playing ?? this.conversation.turn(phrase.turn)) : undefined;
    this.#view.transcript.highlight(turn, phrase);
  }

  /** Carries out one event of the server; public for tests. @param {ServerEvent} event */
  handleEvent(event) {
    this.conversation.apply(event);
    this.replays.handleEvent(event);
    if (this.#audio.player) controlPlayer(this.#audio.player, event);
    if (event.type === "turn.cancelled") this.#handleCancelled(event);
    else if (event.type === "error" && !event.key) this.#handleError(event); // with a key it answers a rating
    else if (event.type === "going_away") this.#handleGoingAway(event);
    this.#listeners.onEvent(event);
    this.#listeners.onChange();
  }

  /** @param {ArrayBuffer} frame */
  #handleAudio(frame) {
    if (!this.#audio.player) return;
    this.replays.keep(frame);
    this.#audio.player.push(frame);
  }

  /** @param {import("./protocol.js").TurnCancelledEvent} event */
  #handleCancelled({ turn, reason }) {
    if (this.#audio.player?.turn === turn) this.#audio.stopPlayback();
    if (reason === "no_speech") this.#view.notice.show("error.no_speech", { kind: "info" });
  }

  /** @param {import("./protocol.js").ServerErrorEvent} event */
  #handleError({ code, retryable }) {
    const key = this.#view.translations.has(`error.${code}`) ? `error.${code}` : "error.unknown";
    this.#view.notice.show(key, { values: this.#limits });
    if (code === "unauthorized") this.#view.showAccessForm();
    if (this.connection.state === "open") return;
    this.#refusal = key;
    if (!retryable) this.connection.stopRetrying();
  }

  /** @param {import("./protocol.js").GoingAwayEvent} event */
  #handleGoingAway({ seconds }) {
    this.#view.notice.show("connection.going_away", { kind: "info", values: { seconds } });
  }

  /** @param {ConnectionState} state @param {number} seconds until the next attempt, while `waiting` */
  #handleConnectionState(state, seconds) {
    const replying = this.#replying;
    if (state === "open") {
      this.#view.notice.hide(this.#refusal || "connection.waiting");
      this.#refusal = "";
    } else {
      this.conversation.clearActivity();
      this.#audio.stopPlayback();
    }
    if (state === "waiting") this.#handleLoss(seconds, replying);
    this.#listeners.onChange();
  }

  /** @param {number} seconds until the next attempt @param {boolean} replying whether a reply was lost */
  #handleLoss(seconds, replying) {
    const { notice } = this.#view;
    if (!this.#connectionNeeded) {
      if (replying) notice.show("error.offline");
      this.connection.close();
    } else if (!this.#refusal) {
      notice.show("connection.waiting", { kind: "info", values: { seconds: Math.ceil(seconds) } });
    }
  }
}
