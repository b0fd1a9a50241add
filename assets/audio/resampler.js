// Sample-rate conversion of a stream: a polyphase windowed-sinc filter that works chunk by chunk.

/** Zero crossings of the sinc on each side: enough to have aliases below -70 dB. */
const ZERO_CROSSINGS = 24;

/** Where the pass band ends, as a fraction of the lower Nyquist frequency; the rest is the transition band. */
const PASS_BAND = 0.925;

/** Shape of the Kaiser window: 8 keeps the side lobes about 80 dB down. */
const KAISER_BETA = 8;

/**
 * Modified Bessel function of the first kind, order zero, by its power series.
 * @param {number} x
 * @returns {number}
 */
function bessel0(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** @param {number} a @param {number} b @returns {number} the greatest common divisor */
function commonDivisor(a, b) {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/**
 * The windowed sinc at one distance from its centre.
 * @param {number} x distance in input samples
 * @param {number} cutoff in cycles an input sample
 * @param {number} half half the filter's length in input samples
 */
function windowedSinc(x, cutoff, half) {
  if (Math.abs(x) >= half) return 0;
  const angle = 2 * Math.PI * cutoff * x;
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  return sinc * (bessel0(KAISER_BETA * Math.sqrt(1 - (x / half) ** 2)) / bessel0(KAISER_BETA));
}

/**
 * One short filter for each position that an output sample can have between two input samples.
 * @param {number} phases
 * @param {number} taps even
 * @param {number} cutoff in cycles an input sample
 * @returns {Float32Array[]} each of them adds up to 1, so that the gain at 0 Hz is 1
 */
function filterBank(phases, taps, cutoff) {
  const half = taps / 2;
  return Array.from({ length: phases }, (_, phase) => {
    const filter = Float32Array.from({ length: taps }, (__, k) =>
      windowedSinc(k - (half - 1) - phase / phases, cutoff, half));
    const sum = filter.reduce((total, value) => total + value, 0);
    return filter.map((value) => value / sum);
  });
}

/** Resamples one stream. The chunks may have any length: the output has no seams between them. */
export class Resampler {
  /** Whether both rates are equal and samples pass through unchanged. */
  #bypass;
  /** Positions that an output sample can have between two input samples. */
  #phases;
  /** Distance between output samples, in 1/phases of an input sample. */
  #step;
  /** Filter length in input samples. */
  #taps;
  /** One filter for each phase. */
  #filters;
  /** Input not yet used up. Zeros stand before the first sample, so that the filter adds no delay. */
  #pending;
  /** Position of the next output sample after the start of the pending input, in 1/phases of an input sample. */
  #position = 0;

  /**
   * @param {number} fromRate samples a second
   * @param {number} toRate samples a second
   */
  constructor(fromRate, toRate) {
    const divisor = commonDivisor(fromRate, toRate);
    this.#bypass = fromRate === toRate;
    this.#phases = toRate / divisor;
    this.#step = fromRate / divisor;
    const bandwidth = Math.min(1, toRate / fromRate);
    this.#taps = 2 * Math.ceil(ZERO_CROSSINGS / bandwidth);
    this.#filters = this.#bypass ? [] : filterBank(this.#phases, this.#taps, 0.5 * PASS_BAND * bandwidth);
    this.#pending = new Float32Array(this.#taps / 2 - 1);
  }

  /**
   * @param {Float32Array<ArrayBuffer>} chunk
   * @returns {Float32Array<ArrayBuffer>} the output samples whose input is complete
   */
  push(chunk) {
    if (this.#bypass) return chunk;
    const input = new Float32Array(this.#pending.length + chunk.length);
    input.set(this.#pending);
    input.set(chunk, this.#pending.length);
    const last = (input.length - this.#taps) * this.#phases;
    const count = last < this.#position ? 0 : Math.floor((last - this.#position) / this.#step) + 1;
    const output = new Float32Array(count);
    for (let n = 0; n < count; n += 1) output[n] = this.#interpolate(input, this.#position + n * this.#step);
    this.#advance(input, this.#position + count * this.#step);
    return output;
  }

  /** @returns {Float32Array<ArrayBuffer>} the last samples, which the filter still held; the stream ends here */
  flush() {
    return this.#bypass ? new Float32Array(0) : this.push(new Float32Array(this.#taps / 2));
  }

  /** @param {Float32Array} input @param {number} position in 1/phases of an input sample @returns {number} */
  #interpolate(input, position) {
    const start = Math.floor(position / this.#phases);
    const filter = this.#filters[position % this.#phases];
    let sum = 0;
    for (let k = 0; k < this.#taps; k += 1) sum += filter[k] * input[start + k];
    return sum;
  }

  /**
   * Drops the input before the next output sample.
   * @param {Float32Array<ArrayBuffer>} input @param {number} position of that sample, in 1/phases of an input sample
   */
  #advance(input, position) {
    const used = Math.min(Math.floor(position / this.#phases), input.length);
    this.#pending = input.slice(used);
    this.#position = position - used * this.#phases;
  }
}
