// WAV files of 16-bit mono sound.

const HEADER_BYTES = 44;

/** @param {Int16Array<ArrayBuffer>} samples @param {number} rate in Hz @returns {Blob} */
export function wavFile(samples, rate) {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  /** @param {number} at @param {string} text */
  const write = (at, text) => [...text].forEach((letter, i) => header.setUint8(at + i, letter.charCodeAt(0)));
  write(0, "RIFF");
  header.setUint32(4, HEADER_BYTES - 8 + samples.byteLength, true);
  write(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // bytes of this part
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, rate, true);
  header.setUint32(28, rate * 2, true); // bytes a second
  header.setUint16(32, 2, true); // bytes a sample
  header.setUint16(34, 16, true); // bits a sample
  write(36, "data");
  header.setUint32(40, samples.byteLength, true);
  return new Blob([header, samples], { type: "audio/wav" });
}
