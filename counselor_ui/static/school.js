/* Small helps for set-up, people and devices; every page does its work without them. */
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.copied;
  });
}

for (const form of document.querySelectorAll("[data-once-only]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    // A nervous finger sends once.
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
}

// What is shown once must not come back with the browser's back button, out of a page kept in memory.
window.addEventListener("pagehide", () => {
  for (const shown of document.querySelectorAll("[data-wiped-on-leaving]")) shown.remove();
});
