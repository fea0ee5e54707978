// Shows one part of the page alone: all else is neither seen, nor reached by a key, nor read aloud. No <dialog>: old
// Safari has none, and Escape must not open a cover that a child has closed.
let shown = [];

const isCover = (part) => Number("cover" in part.dataset);
const mark = () => {
  // Whatever comes while a child has hidden the page stays under the cover.
  shown = shown.filter((part) => part.isConnected).sort((one, other) => isCover(one) - isCover(other));
  shown.forEach((part, place) => part.toggleAttribute("data-alone", place === shown.length - 1));
  document.body.classList.toggle("one-alone", shown.length > 0);
};

// Show `part` over everything but the cover, also over what is alone now.
export function alone(part) {
  shown = shown.filter((other) => other !== part);
  shown.push(part);
  part.hidden = false;
  mark();
}

// Show again what was there before `part`.
export function together(part) {
  shown = shown.filter((other) => other !== part);
  part.hidden = true;
  mark();
}

// Escape does what keeps everything: a drawing and what was said stay in the letter, an unsent letter in its field.
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !shown.length) return;
  const ways = [...shown[shown.length - 1].querySelectorAll("[data-done], [data-leave], [data-stop]")];
  const out = ways.find((way) => way.getClientRects().length);
  if (out) out.click();
});
