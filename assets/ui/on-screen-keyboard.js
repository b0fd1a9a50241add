// While a phone's keyboard covers the page, only the last turns and the text field are shown.

/**
 * Height below which there is no room for the whole page while somebody types, in CSS pixels. A phone held upright has
 * more without its keyboard, and less with it.
 */
const MIN_HEIGHT = 480;

/** Has Chromium and Firefox shrink the page to what the keyboard leaves; Safari only moves the page. */
function shrinkPageWithKeyboard() {
  const viewport = document.querySelector("meta[name=viewport]");
  const content = viewport?.getAttribute("content") ?? "";
  if (viewport && !content.includes("interactive-widget")) {
    viewport.setAttribute("content", `${content}, interactive-widget=resizes-content`);
  }
}

/** @returns {{top: number, height: number}} of what is to be seen, in CSS pixels; magnifying changes nothing */
function visiblePart() {
  const { visualViewport: visible, innerHeight } = window;
  if (!visible || visible.scale !== 1) return { top: 0, height: innerHeight };
  return { top: visible.offsetTop, height: visible.height };
}

/**
 * Sets `data-typing` on the page while the keyboard is open, and the place that is left in --visible-top and
 * --visible-height.
 * @param {HTMLElement} root that holds page.html
 * @param {HTMLFormElement} form with the text field whose keyboard it is
 * @param {() => void} onChange the keyboard was opened or closed
 */
export function bindOnScreenKeyboard(root, form, onChange) {
  shrinkPageWithKeyboard();
  const update = () => {
    const { top, height } = visiblePart();
    const typing = form.contains(document.activeElement) && height < MIN_HEIGHT;
    const changed = typing !== root.hasAttribute("data-typing");
    root.toggleAttribute("data-typing", typing);
    root.style.setProperty("--visible-top", `${top}px`);
    root.style.setProperty("--visible-height", `${height}px`);
    if (changed) onChange();
  };
  const { visualViewport } = window;
  for (const name of ["resize", "scroll"]) visualViewport?.addEventListener(name, update);
  form.addEventListener("focusin", update);
  form.addEventListener("focusout", () => setTimeout(update)); // by then something else has the focus
  // A press that took the focus from the field would close the keyboard, and move the button from under the finger.
  form.addEventListener("mousedown", (event) => event.target instanceof HTMLInputElement || event.preventDefault());
  window.addEventListener("resize", update);
  update();
}
