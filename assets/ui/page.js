// The talk page: what the user does, turned into calls. Started by the Gradio page with `mount`.

import { Call } from "../conversation/session.js";
import { status } from "../conversation/conversation.js";
import { watchHold } from "./push-to-talk.js";
import { MicrophoneError } from "../audio/microphone.js";
import { View } from "./view.js";
import { Voice } from "../audio/audio-devices.js";

class Page {
  /**
   * @param {HTMLElement} root
   * @param {{strings: Record<string, Record<string, string>>, limits: {seconds: number, chars: number, silence: number, speed: number}}} props
   */
  constructor(root, props) {
    this.limits = props.limits;
    this.failed = false;
    this.held = false;
    this.view = new View(root, props.strings);
    this.view.patience = props.limits.silence;
    this.view.speed = props.limits.speed;
    this.voice = new Voice({
      onFrame: (pcm, level) => this.heard(pcm, level),
      onLost: () => this.deaf(new MicrophoneError("microphone_lost")),
      onPlaying: () => this.refresh(),
      onFailure: () => this.view.notice.show("error.playback"),
      onPhrase: (phrase) => this.call.follow(phrase),
    });
    this.call = new Call(this.voice, this.view, props.limits, {
      onChange: () => this.refresh(),
      onRefused: () => this.hush(),
      speaking: () => this.speaking,
    });
    this.listen();
    this.refresh();
  }

  /** Whether what the microphone hears is meant for us. */
  get speaking() {
    return this.view.hold ? this.held : Boolean(this.voice.microphone);
  }

  /** @private */
  listen() {
    const { view } = this;
    const { talk, stop, form, access, close, patience, speed } = view.parts;
    talk.addEventListener("click", () => !view.hold && this.toggle());
    watchHold(talk, () => view.hold, { begin: () => this.press(), end: () => this.release() });
    stop.addEventListener("click", () => this.stop());
    form.addEventListener("submit", (event) => this.type(event));
    access.addEventListener("submit", (event) => this.unlock(event));
    close.addEventListener("click", () => view.notice.hide());
    patience.addEventListener("input", () => view.showPatience());
    speed.addEventListener("input", () => view.showSpeed());
    for (const choice of ["spoken", "patience", "names", "voice", "speed"]) {
      view.parts[choice].addEventListener("change", () => this.call.reopen());
    }
    for (const mode of ["mode-free", "mode-hold"]) view.parts[mode].addEventListener("change", () => this.modeChanged());
    for (const choice of view.root.querySelectorAll("[data-language]")) {
      choice.addEventListener("click", () => this.choose(choice.dataset.language));
    }
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
  }

  /** Hands-free: the button turns the microphone on and off. */
  toggle() {
    if (this.voice.microphone || this.voice.opening) this.hush();
    else this.openMicrophone();
  }

  /** @private */
  async openMicrophone() {
    this.calm();
    const listening = this.voice.listen();
    this.refresh();
    try {
      if (await listening) this.call.line.open();
    } catch (error) {
      this.deaf(error);
    }
    this.refresh();
  }

  /** Turns the microphone off; the answer under way goes on. @private */
  hush() {
    this.voice.hush();
    this.call.conversation.hearing = false;
    this.view.meter(0);
    this.refresh();
  }

  /** @private */
  deaf(error) {
    this.hush();
    this.failed = true;
    this.complain(error);
    this.refresh();
  }

  /** @private */
  complain(error) {
    this.view.notice.show(`error.${error instanceof MicrophoneError ? error.code : "unsupported"}`);
  }

  /** Hold to talk: begins. */
  press() {
    this.held = true;
    this.call.stop();
    if (this.voice.microphone) this.call.line.open();
    else if (!this.voice.opening) this.openMicrophone();
    this.refresh();
  }

  /** Hold to talk: ends; the server answers. */
  release() {
    this.held = false;
    this.view.meter(0);
    if (this.voice.microphone && this.call.line.wanted) this.call.ask({ type: "end_turn" });
    this.refresh();
  }

  /** Silence, and no more of this answer. */
  stop() {
    this.call.stop();
    this.refresh();
  }

  /** @private */
  async type(event) {
    event.preventDefault();
    const { text: box } = this.view.parts;
    const text = box.value.trim();
    const wrong = !text ? "error.empty_text" : text.length > this.limits.chars ? "error.text_too_long" : null;
    if (wrong) return this.view.notice.show(wrong, { kind: "info", places: this.limits });
    box.value = "";
    this.calm();
    try {
      await this.voice.wake();
    } catch (error) {
      this.complain(error); // the answer can still be read
    }
    this.voice.silence();
    this.call.ask({ type: "text", text });
    return this.refresh();
  }

  /** @private */
  unlock(event) {
    event.preventDefault();
    this.view.parts.access.hidden = true;
    this.calm();
    this.call.unlock(this.view.parts.key.value);
    this.refresh();
  }

  /** A new attempt: what went wrong before is over. @private */
  calm() {
    this.failed = false;
    this.view.notice.hide();
  }

  /** @private */
  heard(pcm, level) {
    this.view.meter(this.speaking ? level : 0);
    if (this.speaking) this.call.line.sendAudio(pcm);
  }

  /** @private */
  modeChanged() {
    this.held = false;
    this.hush();
    this.call.reopen();
  }

  /** @private */
  choose(language) {
    this.view.choose(language);
    this.refresh();
  }

  /** Shows how things stand now. @private */
  refresh() {
    const { conversation, line } = this.call;
    const now = status({
      line: line.state,
      wanted: line.wanted || Boolean(this.voice.opening),
      microphone: this.speaking,
      playing: this.voice.playing,
      failed: this.failed,
      hearing: conversation.hearing,
      thinking: conversation.thinking,
    });
    this.view.show(now, line.state, this.speaking);
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
  const showModels = () => page.view.models.show(props.value);
  watch("value", showModels);
  showModels();
  window.inzwa = page;
}
