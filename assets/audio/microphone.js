// The microphone: from a tap to frames of PCM16. Knows no socket.

/** What the browser shall do to the sound before we see it. */
const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
};

/** The browser's names for what can go wrong, and ours. */
const REASONS = {
  NotAllowedError: "microphone_denied",
  SecurityError: "microphone_denied",
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};

/** Why no microphone could be had; `code` is a key of the page's strings under `error`. */
export class MicrophoneError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @returns {Promise<MediaStream>} rejects with MicrophoneError */
async function ask() {
  if (!window.isSecureContext) throw new MicrophoneError("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError("unsupported");
  try {
    return await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
  } catch (error) {
    throw new MicrophoneError(REASONS[error.name] ?? "microphone_missing");
  }
}

/** An open microphone. Each frame is 20 ms of 16 kHz PCM16 and its level, 0..1. */
export class Microphone {
  /**
   * Call it inside a tap: browsers ask the user only there, and before anything was awaited.
   * @param {Promise<AudioContext>} opening the context with the worklets loaded
   * @param {{onFrame: (pcm: ArrayBuffer, level: number) => void, onLost: () => void}} listeners
   * @returns {Promise<Microphone>} rejects with MicrophoneError
   */
  static async open(opening, listeners) {
    const [context, stream] = await Promise.all([opening, ask()]);
    return new Microphone(context, stream, listeners);
  }

  /** @private */
  constructor(context, stream, { onFrame, onLost }) {
    this.stream = stream;
    this.source = context.createMediaStreamSource(stream);
    this.node = new AudioWorkletNode(context, "inzwa-microphone", { numberOfOutputs: 1 });
    this.node.port.onmessage = ({ data }) => onFrame(data.pcm, data.level);
    this.muted = new GainNode(context, { gain: 0 });
    // Chrome pulls only what leads to the loudspeaker, so it does, without a sound.
    this.source.connect(this.node).connect(this.muted).connect(context.destination);
    for (const track of stream.getTracks()) track.addEventListener("ended", onLost);
  }

  close() {
    this.node.port.onmessage = null;
    this.node.port.postMessage("close");
    for (const track of this.stream.getTracks()) track.stop();
    for (const node of [this.source, this.node, this.muted]) node.disconnect();
  }
}
