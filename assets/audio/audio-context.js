// The page's only AudioContext: created or resumed in a user gesture, with both worklets loaded.

/** @type {AudioContext | null} */
let context = null;

/** @type {Promise<unknown> | null} */
let workletsLoaded = null;

/** Loaded with the first gesture. The server's bundler reads these lines, and puts other addresses in their place. */
const WORKLETS = [
  new URL("./microphone-worklet.js", import.meta.url),
  new URL("./player-worklet.js", import.meta.url),
];

/** @returns {boolean} whether this browser has what live audio needs */
export function supportsLiveAudio() {
  return "AudioContext" in window && "AudioWorkletNode" in window;
}

/** @param {AudioContext} created @returns {Promise<unknown>} */
function loadWorklets(created) {
  return Promise.all(WORKLETS.map((url) => created.audioWorklet.addModule(url)));
}

/**
 * Call it in a handler of a user gesture: it creates and resumes the context before its first await.
 * @returns {Promise<AudioContext>} running; rejects when the worklets cannot be fetched
 */
export async function openAudioContext() {
  if (navigator.audioSession) navigator.audioSession.type = "play-and-record";
  context ??= new AudioContext({ latencyHint: "interactive" });
  const resumed = context.state === "running" ? undefined : context.resume();
  workletsLoaded ??= loadWorklets(context);
  try {
    await workletsLoaded;
  } catch (error) {
    workletsLoaded = null;
    throw error;
  }
  await resumed;
  return context;
}
