// What a shared tablet needs beyond plain pages: the next child finds nothing by going back, and a network that is
// gone for a moment takes no letter with it. Every page works without this file.
"use strict";

// The answer to a form has no address of its own: reloading or coming back leads to the start, or to an empty form.
const start = document.body.dataset.forget;
if (start) history.replaceState(null, "", start);

addEventListener("pagehide", () => {
  document.querySelectorAll("textarea, input:not([type=hidden])").forEach((field) => { field.value = ""; });
});
addEventListener("pageshow", (event) => {
  // Taken out of the browser's memory of earlier pages: what was there is for nobody's eyes.
  if (event.persisted) { document.body.hidden = true; location.replace("/"); }
});

// A form that is sent into nowhere is lost with its page, so the mailbox is asked first whether it is there.
const mailboxAnswers = () => fetch("/static/mailbox.svg", { cache: "no-store", signal: AbortSignal.timeout?.(8000) })
  .then((answer) => answer.ok, () => false);

const setBusy = (form, busy) => form.querySelectorAll("button").forEach((button) => { button.disabled = busy; });

document.querySelectorAll("form").forEach((form) => {
  const unreached = form.querySelector("[data-unreached]");
  form.addEventListener("submit", async (event) => {
    if (!unreached || form.dataset.reached) {
      // A nervous finger sends once; the server would know it for one letter anyway.
      setTimeout(() => setBusy(form, true));
      return;
    }
    event.preventDefault();
    unreached.hidden = true;
    setBusy(form, true);
    const reached = await mailboxAnswers();
    setBusy(form, false);
    unreached.hidden = reached;
    if (reached) { form.dataset.reached = "yes"; form.requestSubmit(); }
  });
});
