// The entry point of the browser code: the talk page's controller, which the Gradio page starts with `mount`.

import { AudioDevices } from "../audio/audio-devices.js";
import { AudioDeviceError } from "../audio/microphone.js";
import { status } from "../conversation/conversation.js";
import { Session } from "../conversation/session.js";
import { bindPushToTalk } from "./push-to-talk.js";
import { View } from "./view.js";

/**
 * @typedef {Object} Props what inzwa/server/ui/page.py gives to the component
 * @property {import("./translations.js").Tables} strings
 * @property {import("../conversation/session.js").Limits} limits
 * @property {import("./model-status.js").Readiness | null} value the readiness when the page was loaded
 */

/** Connects the controls with the audio devices and the session. Its fields are public for tests. */
export class Page {
  #limits;
  /** Whether the microphone has failed since the user's last attempt. */
  #failed = false;
  /** Whether the talk button is held down, in push-to-talk mode. */
  #held = false;

  /** @param {HTMLElement} root that holds page.html @param {Props} props */
  constructor(root, { strings, limits }) {
    this.#limits = limits;
    /** @type {import("./transcript.js").TurnListener[]} */
    this.turnListeners = [];
    /** @type {((event: import("../conversation/protocol.js").ServerEvent) => void)[]} */
    this.eventListeners = [];
    /** @type {((pcm: ArrayBuffer, sending: boolean) => void)[]} */
    this.frameListeners = [];
    this.view = new View(root, strings, (...shown) => this.turnListeners.forEach((listener) => listener(...shown)));
    this.view.silenceMs = limits.silence;
    this.view.speed = limits.speed;
    this.audio = new AudioDevices({
      onFrame: (pcm, level) => this.#handleFrame(pcm, level),
      onLost: () => this.#handleMicrophoneError(new AudioDeviceError("microphone_lost")),
      onPlaying: () => this.#render(),
      onDecodeError: () => this.view.notice.show("error.playback"),
      onPhrase: (phrase) => this.session.highlight(phrase),
    });
    this.session = new Session(this.audio, this.view, limits, {
      onChange: () => this.#render(),
      onEvent: (event) => this.eventListeners.forEach((listener) => listener(event)),
      onRefused: () => this.#closeMicrophone(),
      isSending: () => this.#sending,
    });
    this.#bindTalkControls();
    this.#bindOtherControls();
    this.#render();
  }

  /** Whether the microphone's audio is meant to be sent. */
  get #sending() {
    return this.view.pushToTalk ? this.#held : Boolean(this.audio.microphone);
  }

  #bindTalkControls() {
    const { view } = this;
    const { talk, stop } = view.parts;
    talk.addEventListener("click", () => !view.pushToTalk && this.#toggleMicrophone());
    bindPushToTalk(talk, () => view.pushToTalk, { onPress: () => this.#press(), onRelease: () => this.#release() });
    stop.addEventListener("click", () => this.#cancelReply());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#cancelReply());
    for (const mode of [view.parts["mode-free"], view.parts["mode-hold"]]) {
      mode.addEventListener("change", () => this.#changeMode());
    }
  }

  #bindOtherControls() {
    const { view } = this;
    const { form, access, close, silence, speed, hotwords, voice } = view.parts;
    form.addEventListener("submit", (event) => this.#submitText(event));
    access.addEventListener("submit", (event) => this.#submitAccessToken(event));
    close.addEventListener("click", () => view.notice.hide());
    silence.addEventListener("input", () => view.showSilence());
    speed.addEventListener("input", () => view.showSpeed());
    for (const control of [view.parts["spoken-language"], silence, hotwords, voice, speed]) {
      control.addEventListener("change", () => this.session.reconnect());
    }
    for (const button of view.languageButtons) {
      button.addEventListener("click", () => this.#changeLanguage(button.dataset.language ?? ""));
    }
  }

  #toggleMicrophone() {
    if (this.audio.microphone || this.audio.openingMicrophone) this.#closeMicrophone();
    else this.#openMicrophone();
  }

  async #openMicrophone() {
    this.#clearFailure();
    const opened = this.audio.openMicrophone();
    this.#render();
    try {
      if (await opened) this.session.connection.open();
    } catch (error) {
      this.#handleMicrophoneError(error);
    }
    this.#render();
  }

  /** Turns the microphone off; a reply goes on. */
  #closeMicrophone() {
    this.audio.closeMicrophone();
    this.session.conversation.userSpeaking = false;
    this.view.showLevel(0);
    this.#render();
  }

  /** @param {unknown} error */
  #handleMicrophoneError(error) {
    this.#closeMicrophone();
    this.#failed = true;
    this.#showAudioError(error);
    this.#render();
  }

  /** @param {unknown} error */
  #showAudioError(error) {
    this.view.notice.show(`error.${error instanceof AudioDeviceError ? error.code : "unsupported"}`);
  }

  /** Push-to-talk begins: a reply stops, and the microphone's audio is sent. */
  #press() {
    this.#held = true;
    this.session.cancelReply();
    if (this.audio.microphone) this.session.connection.open();
    else if (!this.audio.openingMicrophone) this.#openMicrophone();
    this.#render();
  }

  /** Push-to-talk ends: the server replies. */
  #release() {
    this.#held = false;
    this.view.showLevel(0);
    if (this.audio.microphone && this.session.connection.wanted) this.session.requestReply({ type: "end_turn" });
    this.#render();
  }

  #cancelReply() {
    this.session.cancelReply();
    this.#render();
  }

  /** @param {SubmitEvent} event */
  async #submitText(event) {
    event.preventDefault();
    const { text: input } = this.view.parts;
    const text = input.value.trim();
    const problem = !text ? "error.empty_text" : text.length > this.#limits.chars ? "error.text_too_long" : null;
    if (problem) {
      this.view.notice.show(problem, { kind: "info", values: this.#limits });
      return;
    }
    input.value = "";
    this.#clearFailure();
    try {
      await this.audio.openPlayer();
    } catch (error) {
      this.#showAudioError(error); // the reply can still be read
    }
    this.audio.stopPlayback();
    this.session.requestReply({ type: "text", text });
    this.#render();
  }

  /** @param {SubmitEvent} event */
  #submitAccessToken(event) {
    event.preventDefault();
    this.view.parts.access.hidden = true;
    this.#clearFailure();
    this.session.setAccessToken(this.view.parts.key.value);
    this.#render();
  }

  /** A new attempt begins: what failed before no longer matters. */
  #clearFailure() {
    this.#failed = false;
    this.view.notice.hide();
  }

  /** @param {ArrayBuffer} pcm 20 ms of the microphone @param {number} level root mean square, 0..1 */
  #handleFrame(pcm, level) {
    const sending = this.#sending;
    this.view.showLevel(sending ? level : 0);
    if (sending) this.session.connection.sendAudio(pcm);
    for (const listener of this.frameListeners) listener(pcm, sending);
  }

  #changeMode() {
    this.#held = false;
    this.#closeMicrophone();
    this.session.reconnect();
  }

  /** @param {string} language of the page */
  #changeLanguage(language) {
    this.view.setLanguage(language);
    this.#render();
  }

  /** Shows the current state. */
  #render() {
    const { conversation, connection } = this.session;
    const current = status({
      connection: connection.state,
      wanted: connection.wanted || this.audio.openingMicrophone,
      microphone: this.#sending,
      playing: this.audio.playing,
      failed: this.#failed,
      userSpeaking: conversation.userSpeaking,
      replyPending: conversation.replyPending,
    });
    this.view.showState(current, connection.state, this.#sending);
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
  window.inzwa = page;
}
