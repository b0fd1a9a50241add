// One conversation over the line: what the server says, put into turns, sound and notices. Knows no button.

import { Conversation } from "./conversation.js";
import { Line, socketUrl } from "./connection.js";

/** @returns {string} a name for this visit's conversation */
function newSessionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Call {
  /**
   * @param {import("../audio/audio-devices.js").Voice} voice
   * @param {import("../ui/view.js").View} view
   * @param {{seconds: number, chars: number, silence: number}} limits the server's, for its messages
   * @param {{onChange: () => void, onRefused: () => void, speaking: () => boolean}} page
   *   `onRefused`: the server will not have us; `speaking`: whether somebody is talking to us now
   */
  constructor(voice, view, limits, { onChange, onRefused, speaking }) {
    this.voice = voice;
    this.view = view;
    this.limits = limits;
    this.onChange = onChange;
    this.speaking = speaking;
    this.sessionId = newSessionId();
    this.auth = "";
    /** Why the server did not let us in, as a key of the page's words; stays shown while the line tries again. */
    this.refusal = null;
    this.conversation = new Conversation((turn) => view.log.show(turn));
    this.line = new Line(socketUrl(), () => this.hello(), {
      onEvent: (event) => this.obey(event),
      onAudio: (frame) => voice.player?.push(frame),
      onState: (state, seconds) => this.lineIs(state, seconds),
      onRefused,
      onDropped: () => view.notice.show("connection.slow", { kind: "info" }),
    });
  }

  /** Whether an answer is awaited or being heard. */
  get answering() {
    return this.voice.playing || this.conversation.thinking;
  }

  /** Whether the line must come back by itself: somebody is speaking, or something was never sent. */
  get needed() {
    return this.speaking() || this.line.waiting.length > 0;
  }

  /** What the first message of every connection says. */
  hello() {
    return {
      type: "start",
      session_id: this.sessionId,
      auth: this.auth,
      codec: "pcm16",
      sample_rate: 16000,
      audio_out: this.voice.audioOut,
      language: this.view.spoken,
      silence_ms: this.view.patience,
      hotwords: this.view.names,
      voice: this.view.voice,
      speed: this.view.speed,
      mode: this.view.hold ? "push_to_talk" : "hands_free",
    };
  }

  /** @param {Object} message that asks for an answer: `text` or `end_turn` */
  ask(message) {
    this.line.open();
    this.line.send(message);
    this.conversation.asked();
  }

  /** Silence, and no more of this answer. */
  stop() {
    const { answering } = this;
    this.voice.silence();
    if (answering && this.line.state === "open") this.line.send({ type: "cancel" });
    this.conversation.thinking = false;
  }

  /** Another language, or another way to talk, from now on: only a new line can say so. */
  reopen() {
    this.line.close();
    if (this.speaking()) this.line.open();
  }

  /** @param {string} auth the access code that the server asked for */
  unlock(auth) {
    this.auth = auth;
    if (this.needed) this.line.open();
  }

  /** @param {import("../audio/phrase-timeline.js").Phrase | null} phrase that is heard now */
  follow(phrase) {
    this.view.log.mark(this.conversation.turns.get(phrase?.turn), phrase);
  }

  /** @private */
  obey(event) {
    const { player } = this.voice;
    const acts = {
      ready: () => player?.format(event),
      "tts.hold": () => player?.hold(event.turn),
      "tts.resume": () => player?.resume(event.turn),
      "tts.start": () => player?.begin({ turn: event.turn, start: event.written_start, end: event.written_end }),
      "tts.end": () => player?.end(event.turn),
      "turn.cancelled": () => this.cancelled(event),
      error: () => this.problem(event),
      going_away: () => this.view.notice.show("connection.going_away", { kind: "info", places: event }),
    };
    this.conversation.apply(event);
    acts[event.type]?.();
    this.onChange();
  }

  /** @private */
  cancelled({ turn, reason }) {
    if (this.voice.player?.turn === turn) this.voice.silence();
    if (reason === "no_speech") this.view.notice.show("error.no_speech", { kind: "info" });
  }

  /** @private */
  problem({ code, retryable }) {
    const key = this.view.words.has(`error.${code}`) ? `error.${code}` : "error.unknown";
    this.view.notice.show(key, { places: this.limits });
    if (code === "unauthorized") this.view.askCode();
    if (this.line.state === "open") return;
    this.refusal = key;
    if (!retryable) this.line.giveUp();
  }

  /** @private */
  lineIs(state, seconds) {
    const { answering } = this;
    if (state === "open") this.admitted();
    else this.hangUp();
    if (state === "waiting") this.lost(seconds, answering);
    this.onChange();
  }

  /** @private */
  admitted() {
    this.view.notice.done(this.refusal ?? "connection.waiting");
    this.refusal = null;
  }

  /** @private */
  hangUp() {
    this.conversation.hangUp();
    this.voice.silence();
  }

  /** @private */
  lost(seconds, answering) {
    const { notice } = this.view;
    if (!this.needed) {
      if (answering) notice.show("error.offline");
      this.line.close();
    } else if (!this.refusal) {
      notice.show("connection.waiting", { kind: "info", places: { seconds: Math.ceil(seconds) } });
    }
  }
}
