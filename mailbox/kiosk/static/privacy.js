// What a shared tablet needs: the next child finds nothing by going back.
export function start(root) {
  // The answer to a form has no address of its own: reloading or coming back leads to the start, or to an empty form.
  const forget = root.dataset.forget;
  if (forget) history.replaceState(null, "", forget);
}

addEventListener("pagehide", () => {
  document.querySelectorAll("textarea, input:not([type=hidden])").forEach((field) => { field.value = ""; });
});
addEventListener("pageshow", (event) => {
  // Taken out of the browser's memory of earlier pages: what was there is for nobody's eyes.
  if (event.persisted) { document.body.hidden = true; location.replace("/"); }
});
