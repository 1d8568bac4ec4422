// Shows which words of a message became which order line, when one of the two is pointed at.

/** Lights the spans and the line that carry the same number. */
export function startReading() {
  const light = (event, on) => {
    const number = event.target.closest?.("[data-line]")?.dataset.line;
    if (!number) return;
    for (const part of document.querySelectorAll(`[data-line="${CSS.escape(number)}"]`)) part.classList.toggle("lit", on);
  };
  document.addEventListener("pointerover", (event) => light(event, true));
  document.addEventListener("pointerout", (event) => light(event, false));
}
