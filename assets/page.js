// The talk page: joins microphone, line, player and what is shown. Started by the Gradio page with `mount`.

import { Conversation, status } from "./conversation.js";
import { bestAudioOut } from "./decoder.js";
import { watchHold } from "./hold.js";
import { Log } from "./log.js";
import { Microphone, MicrophoneError } from "./microphone.js";
import { showModels } from "./models.js";
import { Notice } from "./notice.js";
import { Player } from "./player.js";
import { canPlay, soundContext } from "./sound.js";
import { Line, socketUrl } from "./socket.js";
import { Words } from "./words.js";

/** Milliseconds between two looks at whether the server is warm. */
const WARM_POLL_MS = 3000;

/** Level of a loud voice, root mean square: the meter is full there. */
const LOUD = 0.2;

/** @returns {string} a name for this visit's conversation */
function newSessionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {HTMLElement} root @returns {Record<string, HTMLElement>} the elements with data-part, by name */
function partsOf(root) {
  return Object.fromEntries([...root.querySelectorAll("[data-part]")].map((element) => [element.dataset.part, element]));
}

class Page {
  /**
   * @param {HTMLElement} root
   * @param {{strings: Record<string, Record<string, string>>, limits: {seconds: number, chars: number}}} props
   */
  constructor(root, props) {
    this.root = root;
    this.parts = partsOf(root);
    this.limits = props.limits;
    this.words = new Words(props.strings);
    this.log = new Log(this.parts.log, this.words);
    this.notice = new Notice(this.parts.notice, this.words);
    this.conversation = new Conversation((turn) => this.log.show(turn));
    this.sessionId = newSessionId();
    this.auth = "";
    this.audioOut = "pcm16";
    this.failed = false;
    /** @type {Microphone | null} */
    this.microphone = null;
    /** @type {Player | null} */
    this.player = null;
    this.held = false;
    this.readiness = null;
    /** Why the server did not let us in, as a key of the page's words; it stays shown while the line tries again. */
    this.refusal = null;
    this.line = new Line(socketUrl(), () => this.hello(), {
      onEvent: (event) => this.obey(event),
      onAudio: (frame) => this.player?.push(frame),
      onState: (state, seconds) => this.lineIs(state, seconds),
      onDropped: () => this.notice.show("connection.slow", { kind: "info" }),
    });
    this.listen();
    this.speakLanguage(this.words.language);
  }

  get hold() {
    return this.parts["mode-hold"].checked;
  }

  /** What the first message of every connection says. */
  hello() {
    return {
      type: "start",
      session_id: this.sessionId,
      auth: this.auth,
      codec: "pcm16",
      sample_rate: 16000,
      audio_out: this.audioOut,
      language: this.parts.spoken.value,
    };
  }

  /** @private */
  listen() {
    const { talk, stop, form, access, again } = this.parts;
    talk.addEventListener("click", () => !this.hold && this.toggle());
    watchHold(talk, () => this.hold, { begin: () => this.press(), end: () => this.release() });
    stop.addEventListener("click", () => this.stop());
    form.addEventListener("submit", (event) => this.type(event));
    access.addEventListener("submit", (event) => this.unlock(event));
    again.addEventListener("click", () => this.notice.hide());
    this.parts.spoken.addEventListener("change", () => this.reopen());
    for (const mode of [this.parts["mode-free"], this.parts["mode-hold"]]) {
      mode.addEventListener("change", () => this.modeChanged());
    }
    for (const choice of this.root.querySelectorAll("[data-language]")) {
      choice.addEventListener("click", () => this.speakLanguage(choice.dataset.language));
    }
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
  }

  /** Gets sound going, inside a tap. @returns {Promise<AudioContext>} */
  async sound() {
    if (!canPlay()) throw new MicrophoneError("unsupported");
    const [context, audioOut] = await Promise.all([soundContext(), bestAudioOut()]);
    this.audioOut = audioOut;
    this.player ??= new Player(context, {
      onPlaying: () => this.refresh(),
      onFailure: () => this.notice.show("error.playback"),
    });
    return context;
  }

  /** Hands-free: the button turns the microphone on and off. */
  toggle() {
    if (this.microphone || this.opening) this.hush();
    else this.listenToUser();
  }

  /** Opens microphone and line. @returns {Promise<void>} */
  async listenToUser() {
    this.failed = false;
    this.notice.hide();
    this.opening = Microphone.open(this.sound(), {
      onFrame: (pcm, level) => this.heard(pcm, level),
      onLost: () => this.microphoneFailed(new MicrophoneError("microphone_lost")),
    });
    this.refresh();
    try {
      await this.adopt(this.opening);
    } catch (error) {
      this.microphoneFailed(error);
    }
  }

  /** @private */
  async adopt(opening) {
    const microphone = await opening;
    if (this.opening !== opening) return microphone.close();
    this.opening = null;
    this.microphone = microphone;
    this.line.open();
    return this.refresh();
  }

  /** @private */
  microphoneFailed(error) {
    this.hush();
    this.failed = true;
    this.notice.show(`error.${error instanceof MicrophoneError ? error.code : "unsupported"}`);
    this.refresh();
  }

  /** Turns the microphone off; the answer under way goes on. */
  hush() {
    this.opening = null;
    this.microphone?.close();
    this.microphone = null;
    this.conversation.hearing = false;
    this.meter(0);
    this.refresh();
  }

  /** Hold to talk: begins. */
  press() {
    this.held = true;
    this.stop();
    if (this.microphone) this.line.open();
    else if (!this.opening) this.listenToUser();
    this.refresh();
  }

  /** Hold to talk: ends; the server answers. */
  release() {
    this.held = false;
    this.meter(0);
    if (this.microphone && this.line.wanted) {
      this.line.send({ type: "end_turn" });
      this.conversation.asked();
    }
    this.refresh();
  }

  /** Silence, and no more of this answer. */
  stop() {
    const answering = this.player?.playing || this.conversation.thinking;
    this.player?.stop();
    if (answering && this.line.state === "open") this.line.send({ type: "cancel" });
    this.conversation.thinking = false;
    this.refresh();
  }

  /** @private */
  async type(event) {
    event.preventDefault();
    const text = this.parts.text.value.trim();
    if (!text) return this.notice.show("error.empty_text", { kind: "info" });
    if (text.length > this.limits.chars) return this.notice.show("error.text_too_long", { places: this.limits });
    this.parts.text.value = "";
    this.notice.hide();
    this.failed = false;
    try {
      await this.sound();
    } catch {
      this.notice.show("error.unsupported"); // the answer can still be read
    }
    this.player?.stop();
    this.line.open();
    this.line.send({ type: "text", text });
    this.conversation.asked();
    return this.refresh();
  }

  /** @private */
  heard(pcm, level) {
    const sending = !this.hold || this.held;
    this.meter(sending ? level : 0);
    if (sending) this.line.sendAudio(pcm);
  }

  /** What the server says. @param {Object} event */
  obey(event) {
    this.conversation.apply(event);
    const acts = {
      ready: () => this.player?.format(event),
      "speech.start": () => this.player?.stop(),
      "tts.start": () => this.player?.begin(event.turn),
      "tts.end": () => this.player?.end(event.turn),
      "turn.cancelled": () => this.cancelled(event),
      error: () => this.problem(event),
      going_away: () => this.notice.show("connection.going_away", { kind: "info", places: event }),
    };
    acts[event.type]?.();
    this.refresh();
  }

  /** @private */
  cancelled({ turn, reason }) {
    if (this.player?.turn === turn) this.player.stop();
    if (reason === "no_speech") this.notice.show("error.no_speech", { kind: "info" });
  }

  /** @private */
  unlock(event) {
    event.preventDefault();
    this.auth = this.parts.key.value;
    this.parts.access.hidden = true;
    this.notice.hide();
    if (this.line.waiting.length > 0) this.line.open();
  }

  /** @private */
  problem({ code }) {
    if (code === "unauthorized") this.parts.access.hidden = false;
    const key = this.words.has(`error.${code}`) ? `error.${code}` : "error.unknown";
    if (this.line.state !== "open") this.refusal = key;
    this.notice.show(key, { places: this.limits });
  }

  /** Whether the line must come back by itself: somebody is speaking, or something was never sent. */
  get needed() {
    return Boolean(this.hold ? this.held : this.microphone) || this.line.waiting.length > 0;
  }

  /** @private */
  lineIs(state, seconds) {
    const answering = this.player?.playing || this.conversation.thinking;
    if (state !== "open") {
      this.conversation.hangUp();
      this.player?.stop();
    }
    if (state === "waiting") this.lost(seconds, answering);
    if (state === "open") this.notice.done(this.refusal ?? "connection.waiting");
    if (state === "open") this.refusal = null;
    if (state === "off" && this.microphone && !this.hold) this.hush();
    this.refresh();
  }

  /** @private */
  lost(seconds, answering) {
    if (this.needed && this.refusal) return undefined;
    if (this.needed) {
      return this.notice.show("connection.waiting", { kind: "info", places: { seconds: Math.ceil(seconds) } });
    }
    if (answering) this.notice.show("error.offline");
    return this.line.close();
  }

  /** The language that is spoken goes into `start`: a new line says it. */
  reopen() {
    const { wanted } = this.line;
    this.line.close();
    if (wanted && this.microphone) this.line.open();
  }

  /** @private */
  modeChanged() {
    this.hush();
    this.stop();
  }

  /** @param {string} language of the page */
  speakLanguage(language) {
    this.words.choose(language);
    this.words.fill(this.root);
    document.documentElement.lang = language;
    for (const choice of this.root.querySelectorAll("[data-language]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.language === language));
    }
    this.notice.refresh();
    this.showModels(this.readiness);
    this.refresh();
  }

  /** @param {Object} readiness what the server says of its models */
  showModels(readiness) {
    this.readiness = readiness;
    showModels(this.parts.models, readiness, this.words);
    clearTimeout(this.warming);
    if (!readiness?.ready) this.warming = setTimeout(() => this.askReadiness(), WARM_POLL_MS);
  }

  /** @private */
  async askReadiness() {
    try {
      const answer = await fetch(new URL("readyz", document.baseURI));
      this.showModels(answer.ok ? await answer.json() : this.readiness);
    } catch {
      this.showModels(this.readiness); // no server for the moment: ask again
    }
  }

  /** @private */
  meter(level) {
    this.root.style.setProperty("--level", Math.min(1, Math.sqrt(level / LOUD)).toFixed(3));
  }

  /** Shows how things stand now. */
  refresh() {
    const on = Boolean(this.microphone);
    const now = status({
      line: this.line.state,
      wanted: this.line.wanted || Boolean(this.opening),
      microphone: this.hold ? this.held : on,
      hold: this.hold,
      playing: Boolean(this.player?.playing),
      failed: this.failed,
      hearing: this.conversation.hearing,
      thinking: this.conversation.thinking,
    });
    this.root.dataset.status = now;
    this.parts.status.textContent = this.words.say(this.hold && now === "idle" ? "state.idle_hold" : `state.${now}`);
    this.parts.talk.setAttribute("aria-pressed", String(this.hold ? this.held : on));
    this.parts.talk.setAttribute("aria-label", this.words.say(this.hold ? "talk.hold" : `talk.${on ? "finish" : "start"}`));
    this.parts.stop.disabled = !(now === "speaking" || now === "thinking");
    this.parts.connection.dataset.line = this.line.state;
    this.parts.connection.textContent = this.words.say(
      `connection.${this.line.state === "waiting" ? "connecting" : this.line.state}`);
    this.parts.welcome.hidden = this.parts.log.children.length > 0;
  }
}

/**
 * Starts the page in an element that holds talk.html.
 * @param {HTMLElement} element
 * @param {Object} props `strings`, `limits` and `value`: the readiness
 * @param {(name: string, changed: () => void) => void} watch calls back when a prop has changed
 */
export function mount(element, props, watch) {
  const page = new Page(element.querySelector(".inzwa"), props);
  const showModels = () => page.showModels(props.value);
  watch("value", showModels);
  showModels();
  window.inzwa = page;
}
