// Both ends of the sound: the microphone and the loudspeaker, opened inside a tap. Knows no line and no page.

import { bestAudioOut } from "./decoder.js";
import { Microphone, MicrophoneError } from "./microphone.js";
import { Player } from "./player.js";
import { canPlay, soundContext } from "./audio-context.js";

/**
 * @typedef {Object} VoiceListeners
 * @property {(pcm: ArrayBuffer, level: number) => void} onFrame 20 ms from the microphone, and its level 0..1
 * @property {() => void} onLost the microphone was taken away
 * @property {() => void} onPlaying the loudspeaker has begun or ended
 * @property {() => void} onFailure a reply could not be decoded
 * @property {(phrase: import("./phrase-timeline.js").Phrase | null) => void} onPhrase what is heard from now on
 */
export class Voice {
  /** @param {VoiceListeners} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    /** @type {"opus" | "pcm16"} what the server shall send */
    this.audioOut = "pcm16";
    /** @type {Microphone | null} */
    this.microphone = null;
    /** @type {Player | null} */
    this.player = null;
    /** @type {Promise<Microphone> | null} */
    this.opening = null;
  }

  /** Whether a reply is being heard. */
  get playing() {
    return Boolean(this.player?.playing);
  }

  /**
   * Wakes the loudspeaker. Call it inside a tap.
   * @returns {Promise<AudioContext>} rejects with MicrophoneError where the browser has no such thing
   */
  async wake() {
    if (!canPlay()) throw new MicrophoneError(window.isSecureContext ? "unsupported" : "insecure");
    const [context, audioOut] = await Promise.all([soundContext(), bestAudioOut()]);
    this.audioOut = audioOut;
    this.player ??= new Player(context, this.listeners);
    return context;
  }

  /**
   * Opens the microphone. Call it inside a tap.
   * @returns {Promise<boolean>} false when `hush` came first; rejects with MicrophoneError
   */
  async listen() {
    const opening = Microphone.open(this.wake(), this.listeners);
    this.opening = opening;
    const microphone = await opening;
    if (this.opening !== opening) {
      microphone.close();
      return false;
    }
    this.opening = null;
    this.microphone = microphone;
    return true;
  }

  /** Turns the microphone off; what is being played goes on. */
  hush() {
    this.opening = null;
    this.microphone?.close();
    this.microphone = null;
  }

  /** Silence, now. */
  silence() {
    this.player?.stop();
  }
}
