// Audio input and output together: the microphone and the player, both opened in a user gesture.

import { preferredFormat } from "./decoder.js";
import { AudioDeviceError, Microphone } from "./microphone.js";
import { Player } from "./player.js";
import { openAudioContext, supportsLiveAudio } from "./audio-context.js";

/**
 * @typedef {import("./microphone.js").MicrophoneListeners & import("./player.js").PlayerListeners} AudioListeners
 */

export class AudioDevices {
  #listeners;
  /** @type {Promise<Microphone> | null} */
  #opening = null;

  /** @param {AudioListeners} listeners */
  constructor(listeners) {
    this.#listeners = listeners;
    /** What the server shall send. @type {import("./decoder.js").AudioFormat} */
    this.audioOut = "pcm16";
    /** The open microphone. @type {Microphone | null} */
    this.microphone = null;
    /** Null until the first user gesture. @type {Player | null} */
    this.player = null;
  }

  /** Whether the microphone is being opened: the user may still be asked for permission. */
  get openingMicrophone() {
    return this.#opening !== null;
  }

  /** Whether a reply is being played. */
  get playing() {
    return Boolean(this.player?.playing);
  }

  /**
   * Opens the loudspeaker. Call it in a handler of a user gesture.
   * @returns {Promise<AudioContext>} rejects with AudioDeviceError where the browser does not support it
   */
  async openPlayer() {
    if (!supportsLiveAudio()) throw new AudioDeviceError(window.isSecureContext ? "unsupported" : "insecure");
    const [context, format] = await Promise.all([openAudioContext(), preferredFormat()]);
    this.audioOut = format;
    this.player ??= new Player(context, this.#listeners);
    return context;
  }

  /**
   * Opens the microphone, and the loudspeaker with it. Call it in a handler of a user gesture.
   * @returns {Promise<boolean>} false when `closeMicrophone` was called first; rejects with AudioDeviceError
   */
  async openMicrophone() {
    const opening = Microphone.open(this.openPlayer(), this.#listeners);
    this.#opening = opening;
    const microphone = await opening;
    if (this.#opening !== opening) {
      microphone.close();
      return false;
    }
    this.#opening = null;
    this.microphone = microphone;
    return true;
  }

  /** Closes the microphone; playback goes on. */
  closeMicrophone() {
    this.#opening = null;
    this.microphone?.close();
    this.microphone = null;
  }

  /** Stops playback at once. */
  stopPlayback() {
    this.player?.stop();
  }
}
