// Holding the talk button, by finger, mouse, Space or Enter, as one thing with a beginning and an end.

/** @param {EventTarget | null} target @returns {boolean} whether Space means something else there */
function takesKeys(target) {
  return target instanceof Element && target.closest("input, textarea, select, button, a, [contenteditable]") !== null;
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => boolean} active whether holding means anything now
 * @param {{begin: () => void, end: () => void}} listeners
 */
export function watchHold(button, active, { begin, end }) {
  let held = false;
  const start = (event) => {
    if (!active() || held) return;
    event.preventDefault();
    held = true;
    begin();
  };
  const stop = () => {
    if (!held) return;
    held = false;
    end();
  };
  const isKey = (event) =>
    (event.code === "Space" || (event.code === "Enter" && event.target === button)) &&
    (event.target === button || !takesKeys(event.target));
  button.addEventListener("pointerdown", (event) => {
    if (active() && event.button === 0) button.setPointerCapture(event.pointerId);
    if (event.button === 0) start(event);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(name, stop);
  document.addEventListener("keydown", (event) => isKey(event) && start(event));
  document.addEventListener("keyup", (event) => (event.code === "Space" || event.code === "Enter") && stop());
  window.addEventListener("blur", stop);
  button.addEventListener("contextmenu", (event) => active() && event.preventDefault());
}
