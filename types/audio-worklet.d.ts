// The global scope of an AudioWorklet, which TypeScript's DOM library does not declare. Only *-worklet.js may use it:
// ESLint knows these names in those files alone.

/** Samples a second of the AudioContext that runs the worklet. */
declare const sampleRate: number;

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  /** Inputs and outputs hold one array of channels for each connection; false lets the node be collected. */
  abstract process(inputs: Float32Array<ArrayBuffer>[][], outputs: Float32Array<ArrayBuffer>[][]): boolean;
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
