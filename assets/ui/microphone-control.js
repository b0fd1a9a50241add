// The talk button: turns the microphone on and off, or opens it while it is held (push-to-talk).

import { AudioDeviceError } from "../audio/microphone.js";
import { bindPushToTalk } from "./push-to-talk.js";

/**
 * @typedef {Object} MicrophoneListeners
 * @property {() => void} onChange the state of the microphone may have changed
 * @property {() => void} onPressedTooSoon the button was pressed while the models were not ready
 */

export class MicrophoneControl {
  #audio;
  #session;
  #view;
  #listeners;
  /** Whether the talk button is held down, in push-to-talk mode. */
  #held = false;
  /** Whether the microphone has failed since the user's last attempt. */
  #failed = false;

  /**
   * @param {import("../audio/audio-devices.js").AudioDevices} audio
   * @param {() => import("../conversation/session.js").Session} session
   * @param {import("./view.js").View} view
   * @param {MicrophoneListeners} listeners
   */
  constructor(audio, session, view, listeners) {
    this.#audio = audio;
    this.#session = session;
    this.#view = view;
    this.#listeners = listeners;
    const { talk } = view.parts;
    talk.addEventListener("click", () => !view.choices.pushToTalk && this.#toggle());
    bindPushToTalk(talk, () => view.choices.pushToTalk, {
      onPress: () => this.#press(),
      onRelease: () => this.#release(),
    });
    for (const mode of view.choices.modes) mode.addEventListener("change", () => this.#changeMode());
  }

  /** Whether its audio is meant to be sent. */
  get sending() {
    return this.#view.choices.pushToTalk ? this.#held : Boolean(this.#audio.microphone);
  }

  /** Whether it has failed since the user's last attempt. */
  get failed() {
    return this.#failed;
  }

  /** A new attempt begins: what failed before no longer matters. */
  clearFailure() {
    this.#failed = false;
    this.#view.notice.hide();
  }

  /** @param {unknown} error */
  handleError(error) {
    this.close();
    this.#failed = true;
    this.showError(error);
    this.#listeners.onChange();
  }

  /** Says what is wrong with the microphone or the loudspeaker. @param {unknown} error */
  showError(error) {
    this.#view.notice.show(`error.${error instanceof AudioDeviceError ? error.code : "unsupported"}`);
  }

  /** Turns it off; a reply goes on. */
  close() {
    this.#audio.closeMicrophone();
    this.#session().conversation.userSpeaking = false;
    this.#view.showLevel(0);
    this.#listeners.onChange();
  }

  #toggle() {
    if (this.#audio.microphone || this.#audio.openingMicrophone) this.close();
    else if (this.#view.ready) this.#open();
    else this.#listeners.onPressedTooSoon();
  }

  async #open() {
    this.clearFailure();
    const opened = this.#audio.openMicrophone();
    this.#listeners.onChange();
    try {
      if (await opened) this.#session().connection.open();
    } catch (error) {
      this.handleError(error);
    }
    this.#listeners.onChange();
  }

  /** Push-to-talk begins: a reply stops, and the microphone's audio is sent. */
  #press() {
    if (!this.#view.ready) {
      this.#listeners.onPressedTooSoon();
      return;
    }
    this.#held = true;
    this.#session().cancelReply();
    if (this.#audio.microphone) this.#session().connection.open();
    else if (!this.#audio.openingMicrophone) this.#open();
    this.#listeners.onChange();
  }

  /** Push-to-talk ends: the server replies. */
  #release() {
    if (!this.#held) return;
    this.#held = false;
    this.#view.showLevel(0);
    const session = this.#session();
    if (this.#audio.microphone && session.connection.wanted) session.requestReply({ type: "end_turn" });
    this.#listeners.onChange();
  }

  #changeMode() {
    this.#held = false;
    this.close();
    this.#session().reconnect();
  }
}
