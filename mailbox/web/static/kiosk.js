// What a shared tablet needs beyond plain pages: the next child must find nothing by going back.
"use strict";

const wipe = () => document.querySelectorAll("textarea, input:not([type=hidden])").forEach((field) => { field.value = ""; });

// The answer to a form has no address of its own: reloading or coming back leads to the start, or to an empty form.
const start = document.body.dataset.forget;
if (start) history.replaceState(null, "", start);

addEventListener("pagehide", wipe);
addEventListener("pageshow", (event) => {
  // Taken out of the browser's memory of earlier pages: what was there is for nobody's eyes.
  if (event.persisted) { document.body.hidden = true; location.replace("/"); }
});

// A nervous finger sends once; the server would know it for one letter anyway.
document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", () => {
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
}));
