/** What is taken away between press and release gets no click: drawing anew waits for the release. */

/** Return what draws `element` anew: at once, or after the click of whoever presses something in it. */
export function whenReleased(element: HTMLElement, draw: () => void): () => void {
  let isPressed = false;
  let isWaiting = false;
  const ask = () => {
    isWaiting = isPressed;
    if (!isPressed) draw();
  };
  const release = () => {
    isPressed = false;
    if (isWaiting) setTimeout(ask); // the click comes after the release
  };
  element.addEventListener("pointerdown", () => {
    isPressed = true;
  });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, release, true);
  return ask;
}
