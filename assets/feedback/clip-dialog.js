// "Your recordings": each can be heard, corrected, removed, and sent by itself.

import { errorCode } from "./gradio-call.js";
import { Sheet } from "./sheet.js";

const STATE_KEYS = {
  kept: "clips.not_sent", sending: "clips.sending", sent: "clips.sent", failed: "clips.failed",
};

/** The server's limit on a transcript, in characters. */
const MAX_CHARS = 2000;

/**
 * @typedef {import("./clips.js").Clip} Clip
 * @typedef {{item: HTMLElement, text: HTMLInputElement, send: HTMLButtonElement, state: HTMLElement}} Elements
 * @typedef {Elements & {url: string}} Entry the URL of its sound
 */

export class ClipDialog {
  #elements;
  #api;
  #contributor;
  #clips;
  #sheet;
  #list;
  #none;
  /** @type {Map<Clip, Entry>} */
  #entries = new Map();

  /**
   * @param {import("./elements.js").Elements} elements
   * @param {HTMLElement} root
   * @param {import("./feedback-api.js").FeedbackApi} api
   * @param {import("./contributor.js").Contributor} contributor
   * @param {import("./clips.js").Clips} clips
   */
  constructor(elements, root, api, contributor, clips) {
    this.#elements = elements;
    this.#api = api;
    this.#contributor = contributor;
    this.#clips = clips;
    this.#sheet = new Sheet(elements, root, "clips", "clips.heading");
    this.#list = elements.create("ul", { className: "clips" });
    this.#none = elements.create("p", { key: "clips.none" });
    this.#sheet.body.append(elements.create("p", { key: "clips.hint" }), this.#none, this.#list);
  }

  open() {
    this.#sheet.open();
    this.refresh();
  }

  /** Shows what has changed, if the dialog is open; a text that is being corrected stays as it is. */
  refresh() {
    for (const [clip, { item, url }] of this.#entries) {
      if (this.#sheet.isOpen && this.#clips.list.includes(clip)) continue;
      this.#entries.delete(clip);
      item.remove();
      URL.revokeObjectURL(url);
    }
    if (!this.#sheet.isOpen) return;
    for (const clip of this.#clips.list) this.#showState(clip, this.#entries.get(clip) ?? this.#add(clip));
    this.#none.hidden = this.#clips.list.length > 0;
  }

  /** @param {Clip} clip @returns {Entry} */
  #add(clip) {
    const url = URL.createObjectURL(clip.wav);
    const typed = { type: "text", value: clip.text, maxLength: MAX_CHARS };
    const text = this.#elements.create("input", { ...typed, label: "clips.text" });
    text.addEventListener("change", () => { clip.text = text.value.trim(); });
    const send = this.#elements.button({ key: "clips.send", className: "primary" }, () => this.#send(clip));
    const remove = this.#elements.button({ key: "clips.remove" }, () => this.#remove(clip));
    const state = this.#elements.create("span", { className: "rating-state" });
    const sound = this.#elements.create("audio", { controls: true, src: url, label: "clips.sound" });
    const actions = this.#elements.create("div", { className: "actions" }, state, remove, send);
    const item = this.#elements.create("li", { className: "clip" }, text, sound, actions);
    this.#list.prepend(item);
    const entry = { item, text, send, state, url };
    this.#entries.set(clip, entry);
    return entry;
  }

  /** @param {Clip} clip @param {Entry} entry */
  #showState(clip, { text, send, state }) {
    const settled = clip.state === "sending" || clip.state === "sent";
    send.disabled = settled;
    text.readOnly = settled;
    state.dataset.state = clip.state;
    this.#elements.setText(state, clip.error ? this.#elements.errorKey(clip.error) : STATE_KEYS[clip.state]);
  }

  /** @param {Clip} clip */
  async #send(clip) {
    this.#clips.update(clip, { state: "sending", error: "" });
    try {
      const { recording } = await this.#api.contribute(clip, this.#contributor.code);
      this.#clips.update(clip, { state: "sent", recording });
    } catch (error) {
      this.#clips.update(clip, { state: "failed", error: errorCode(error) });
    }
    this.#sheet.say(STATE_KEYS[clip.state]);
  }

  /** Removes it here, and there if it was sent. @param {Clip} clip */
  async #remove(clip) {
    try {
      if (clip.recording) await this.#api.removeRecording(this.#contributor.code, clip.recording);
    } catch (error) {
      this.#sheet.say(this.#elements.errorKey(errorCode(error)));
      return;
    }
    this.#clips.remove(clip);
    this.#sheet.say("clips.removed");
  }
}
