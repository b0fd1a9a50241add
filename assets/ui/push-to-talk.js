// Push-to-talk: combines pointer, Space and Enter on the talk button into one press and one release.

/** @param {EventTarget | null} target @returns {boolean} whether Space has another meaning there */
function takesSpace(target) {
  return target instanceof Element && target.closest("input, textarea, select, button, a, [contenteditable]") !== null;
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => boolean} isActive whether the page is in push-to-talk mode
 * @param {{onPress: () => void, onRelease: () => void}} listeners
 */
export function bindPushToTalk(button, isActive, { onPress, onRelease }) {
  let pressed = false;
  /** @param {Event} event */
  const press = (event) => {
    if (!isActive() || pressed) return;
    event.preventDefault();
    pressed = true;
    onPress();
  };
  const release = () => {
    if (!pressed) return;
    pressed = false;
    onRelease();
  };
  /** @param {KeyboardEvent} event */
  const isTalkKey = (event) =>
    (event.code === "Space" || (event.code === "Enter" && event.target === button)) &&
    (event.target === button || !takesSpace(event.target));
  button.addEventListener("pointerdown", (event) => {
    if (isActive() && event.button === 0) button.setPointerCapture(event.pointerId);
    if (event.button === 0) press(event);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(name, release);
  document.addEventListener("keydown", (event) => isTalkKey(event) && press(event));
  document.addEventListener("keyup", (event) => (event.code === "Space" || event.code === "Enter") && release());
  window.addEventListener("blur", release);
  button.addEventListener("contextmenu", (event) => isActive() && event.preventDefault());
}
