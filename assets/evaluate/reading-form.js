// A sentence to read aloud: recorded, heard again, and sent only when its reader says so.

import { AudioDeviceError } from "../audio/microphone.js";
import { TaskSound } from "./task-form.js";
import { VoiceRecorder } from "./voice-recorder.js";

export class ReadingForm {
  #elements;
  #contribute;
  #recorder = new VoiceRecorder(() => this.#stop());
  #sound;
  #button;
  #state;
  /** @type {Blob | null} */
  #wav = null;
  /** The id of what was sent, so that it is sent once. */
  #sent = "";
  /** @type {TaskSound[]} */
  sounds = [];

  /**
   * @param {import("../feedback/elements.js").Elements} elements
   * @param {import("./task-api.js").Task} task
   * @param {(wav: Blob) => Promise<string>} contribute sends a recording and gives its id
   */
  constructor(elements, { payload, answer }, contribute) {
    this.#elements = elements;
    this.#contribute = contribute;
    this.#sent = typeof answer.recording === "string" ? answer.recording : "";
    this.#sound = new TaskSound(elements, "task.your_sound");
    this.#sound.element.hidden = true;
    this.#button = elements.button({ className: "record", key: "task.record" }, () => this.#toggle());
    this.#state = elements.create("p", { className: "hint" });
    this.#state.setAttribute("role", "status");
    this.elements = [
      elements.create("p", { className: "hint", key: "task.reading_hint" }),
      elements.create("p", { className: "judged", textContent: payload.text, lang: "sn" }),
      this.#button, this.#state, this.#sound.element,
    ];
  }

  get recordedMs() {
    return this.#recorder.durationMs;
  }

  problem() {
    if (this.#recorder.recording) this.#stop();
    return this.#wav || this.#sent ? "" : "task.record_first";
  }

  async answer() {
    if (this.#wav && !this.#sent) this.#sent = await this.#contribute(this.#wav);
    return { recording: this.#sent };
  }

  close() {
    if (this.#recorder.recording) this.#recorder.stop();
    this.#sound.release();
  }

  async #toggle() {
    if (this.#recorder.recording) {
      this.#stop();
      return;
    }
    this.#button.disabled = true;
    try {
      await this.#recorder.start();
      this.#show("task.record_stop", "task.recording");
    } catch (error) {
      this.#show("task.record", `error.${error instanceof AudioDeviceError ? error.code : "unsupported"}`);
    }
    this.#button.disabled = false;
  }

  #stop() {
    this.#wav = this.#recorder.stop();
    this.#sent = "";
    this.#sound.show(this.#wav);
    this.#sound.element.hidden = false;
    this.#show("task.record_again", "task.recorded");
    this.#button.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {string} button key @param {string} state key */
  #show(button, state) {
    this.#elements.setText(this.#button, button);
    this.#button.dataset.recording = String(this.#recorder.recording);
    this.#elements.setText(this.#state, state);
  }
}
