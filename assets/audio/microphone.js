// The microphone: permission, capture with echo cancellation, and the worklet that makes frames of it.

/** Processing that the browser applies before the samples reach the worklet. */
const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
};

/** Error code for each DOMException that getUserMedia rejects with. @type {Record<string, string>} */
const ERROR_CODES = {
  NotAllowedError: "microphone_denied",
  SecurityError: "microphone_denied",
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};

/** Why audio cannot be captured or played; `code` is a key of the page's strings under `error`. */
export class AudioDeviceError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @returns {Promise<MediaStream>} rejects with AudioDeviceError */
async function requestStream() {
  if (!window.isSecureContext) throw new AudioDeviceError("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new AudioDeviceError("unsupported");
  try {
    return await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    throw new AudioDeviceError(ERROR_CODES[name] ?? "microphone_missing");
  }
}

/**
 * @typedef {Object} MicrophoneListeners
 * @property {(pcm: ArrayBuffer, level: number) => void} onFrame 20 ms of 16 kHz mono PCM16, and its level: root mean
 *   square, 0..1
 * @property {() => void} onLost the device was unplugged or its permission withdrawn
 */

/** An open microphone. */
export class Microphone {
  #stream;
  #source;
  #worklet;
  #silencer;

  /**
   * Call it in a handler of a user gesture, before anything is awaited: browsers ask for permission only there.
   * @param {Promise<AudioContext>} contextReady the context with the worklets loaded
   * @param {MicrophoneListeners} listeners
   * @returns {Promise<Microphone>} rejects with AudioDeviceError
   */
  static async open(contextReady, listeners) {
    const [context, stream] = await Promise.all([contextReady, requestStream()]);
    return new Microphone(context, stream, listeners);
  }

  /**
   * @private use `open`
   * @param {AudioContext} context
   * @param {MediaStream} stream
   * @param {MicrophoneListeners} listeners
   */
  constructor(context, stream, { onFrame, onLost }) {
    this.#stream = stream;
    this.#source = context.createMediaStreamSource(stream);
    this.#worklet = new AudioWorkletNode(context, "inzwa-microphone", { numberOfOutputs: 1 });
    this.#worklet.port.onmessage = ({ data }) => onFrame(data.pcm, data.level);
    this.#silencer = new GainNode(context, { gain: 0 });
    // Chrome runs only nodes that are connected to the destination, hence the connection at gain 0.
    this.#source.connect(this.#worklet).connect(this.#silencer).connect(context.destination);
    for (const track of stream.getTracks()) track.addEventListener("ended", onLost);
  }

  close() {
    this.#worklet.port.onmessage = null;
    this.#worklet.port.postMessage("close");
    for (const track of this.#stream.getTracks()) track.stop();
    for (const node of [this.#source, this.#worklet, this.#silencer]) node.disconnect();
  }
}
