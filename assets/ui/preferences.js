// What the user chose at an earlier visit, kept by this browser. Where it keeps nothing, every visit begins anew.

/**
 * What is remembered, each as a text.
 * @typedef {"language" | "mode" | "patience" | "speed" | "voice" | "names" | "spoken"} Preference
 */

const PREFIX = "inzwa.";

/** Characters kept of one preference. */
const MAX_CHARS = 1000;

/**
 * @param {Preference} name
 * @returns {string | null} null where nothing is kept, or the browser allows no storage. Anybody may have written it:
 *   check it as what a user types.
 */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {Preference} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value.slice(0, MAX_CHARS));
  } catch {
    // Blocked or full: the next visit begins with the default again.
  }
}
