// The entry point of the browser code: the talk page's controller, which the page starts with `mount`.

import { AudioDevices } from "../audio/audio-devices.js";
import { AudioDeviceError } from "../audio/microphone.js";
import { status } from "../conversation/conversation.js";
import { Session } from "../conversation/session.js";
import { Feedback } from "../feedback/feedback.js";
import { bindConversationTools } from "./conversation-tools.js";
import { Examples } from "./examples.js";
import { MicrophoneControl } from "./microphone-control.js";
import { bindOnScreenKeyboard } from "./on-screen-keyboard.js";
import { View } from "./view.js";

/**
 * @typedef {Object} Props what inzwa/server/ui/page.py gives to the component
 * @property {import("./translations.js").Tables} strings
 * @property {import("../conversation/session.js").Limits} limits
 * @property {import("./model-status.js").Readiness | null} value the readiness when the page was loaded
 * @property {"off" | "ratings" | "full"} feedback what the server keeps of those who consent
 */

/** Connects the controls with the audio devices and the session. Its fields are public for tests. */
export class Page {
  #limits;

  /** @param {HTMLElement} root that holds page.html @param {Props} props */
  constructor(root, { strings, limits }) {
    this.#limits = limits;
    /** @type {import("./transcript.js").TurnListener[]} */
    this.turnListeners = [];
    /** @type {((event: import("../conversation/protocol.js").ServerEvent) => void)[]} */
    this.eventListeners = [];
    /** @type {Feedback | null} */
    this.feedback = null;
    /** @type {((pcm: ArrayBuffer, sending: boolean) => void)[]} */
    this.frameListeners = [];
    this.view = this.#createView(root, strings);
    this.audio = this.#createAudio();
    /** @type {MicrophoneControl} */
    this.microphone = new MicrophoneControl(this.audio, () => this.session, this.view, {
      onChange: () => this.#render(),
      onPressedTooSoon: () => this.view.notice.show("error.not_ready", { kind: "info" }),
    });
    /** @type {Session} */
    this.session = new Session(this.audio, this.view, limits, {
      onChange: () => this.#render(),
      onEvent: (event) => this.eventListeners.forEach((listener) => listener(event)),
      onRefused: () => this.microphone.close(),
      isSending: () => this.microphone.sending,
    });
    this.examples = new Examples(this.view.parts.examples, this.view.translations, (prompt) => this.#sendText(prompt));
    this.#bindControls();
    this.#render();
  }

  /** @param {HTMLElement} root @param {import("./translations.js").Tables} strings @returns {View} */
  #createView(root, strings) {
    return new View(root, strings, this.#limits, {
      onTurnShown: (...shown) => this.turnListeners.forEach((listener) => listener(...shown)),
      onReplay: (turn) => this.#toggleReplay(turn),
      onModels: () => this.#render(),
    });
  }

  /** @returns {AudioDevices} */
  #createAudio() {
    return new AudioDevices({
      onFrame: (pcm, level) => this.#handleFrame(pcm, level),
      onLost: () => this.microphone.handleError(new AudioDeviceError("microphone_lost")),
      onPlaying: () => this.#render(),
      onDecodeError: () => this.view.notice.show("error.playback"),
      onPhrase: (phrase) => this.session.highlight(phrase),
    });
  }

  #bindControls() {
    const { view } = this;
    const { form, access, close, stop } = view.parts;
    stop.addEventListener("click", () => this.#cancelReply());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#cancelReply());
    form.addEventListener("submit", (event) => this.#submitText(event));
    access.addEventListener("submit", (event) => this.#submitAccessToken(event));
    close.addEventListener("click", () => view.notice.hide());
    for (const control of view.choices.controls) control.addEventListener("change", () => this.session.reconnect());
    for (const button of view.languageButtons) {
      button.addEventListener("click", () => this.#changeLanguage(button.dataset.language ?? ""));
    }
    bindConversationTools(view, () => this.#startNew());
    bindOnScreenKeyboard(view.root, form, () => view.transcript.showLast());
  }

  #cancelReply() {
    this.session.cancelReply();
    this.#render();
  }

  /** @param {import("../conversation/conversation.js").Turn} turn */
  #toggleReplay(turn) {
    this.session.toggleReplay(turn);
    this.#render();
  }

  #startNew() {
    this.view.notice.hide();
    this.view.transcript.clear();
    this.session.startNew();
    this.#render();
  }

  /** @param {SubmitEvent} event */
  #submitText(event) {
    event.preventDefault();
    const { text: input } = this.view.parts;
    const text = input.value.trim();
    const problem = !text ? "error.empty_text" : text.length > this.#limits.chars ? "error.text_too_long" : null;
    if (problem) {
      this.view.notice.show(problem, { kind: "info", values: this.#limits });
      return;
    }
    input.value = "";
    this.#sendText(text);
  }

  /** Call it in a handler of a user gesture. @param {string} text a typed turn */
  async #sendText(text) {
    this.microphone.clearFailure();
    try {
      await this.audio.openPlayer();
    } catch (error) {
      this.microphone.showError(error); // the reply can still be read
    }
    this.audio.stopPlayback();
    this.view.transcript.showLast();
    this.session.requestReply({ type: "text", text });
    this.#render();
  }

  /** @param {SubmitEvent} event */
  #submitAccessToken(event) {
    event.preventDefault();
    this.view.parts.access.hidden = true;
    this.microphone.clearFailure();
    this.session.setAccessToken(this.view.parts.key.value);
    this.#render();
  }

  /** @param {ArrayBuffer} pcm 20 ms of the microphone @param {number} level root mean square, 0..1 */
  #handleFrame(pcm, level) {
    const { sending } = this.microphone;
    this.view.showLevel(sending ? level : 0);
    if (sending) this.session.connection.sendAudio(pcm);
    for (const listener of this.frameListeners) listener(pcm, sending);
  }

  /** @param {string} language of the page */
  #changeLanguage(language) {
    this.view.setLanguage(language);
    this.examples.refresh();
    this.#render();
  }

  /** Shows the current state. */
  #render() {
    const { conversation, connection, replays, busy } = this.session;
    const { sending, failed } = this.microphone;
    const current = status({
      connection: connection.state,
      wanted: connection.wanted || this.audio.openingMicrophone,
      microphone: sending,
      playing: this.audio.playing,
      replaying: replays.playing !== null,
      warming: !this.view.ready,
      failed,
      userSpeaking: conversation.userSpeaking,
      replyPending: conversation.replyPending,
    });
    this.view.showState(current, connection.state, sending);
    this.view.transcript.showReplays({ available: (turn) => replays.has(turn), playing: replays.playing, busy });
  }
}

/**
 * Starts the page in an element that holds page.html.
 * @param {HTMLElement} element
 * @param {Props} props
 * @param {(name: keyof Props, onChange: () => void) => void} watch calls back when a prop has changed
 */
export function mount(element, props, watch) {
  const root = /** @type {HTMLElement} */ (element.querySelector(".inzwa"));
  const page = new Page(root, props);
  const showModels = () => page.view.models.show(props.value);
  watch("value", showModels);
  showModels();
  page.feedback = new Feedback(page, props.feedback);
  window.inzwa = page;
}
