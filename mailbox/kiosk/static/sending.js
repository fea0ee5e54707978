// A network that is gone for a moment takes no letter with it: the mailbox is asked first whether it is there.
const mailboxAnswers = () => fetch("/static/mailbox.svg", { cache: "no-store", signal: AbortSignal.timeout?.(8000) })
  .then((answer) => answer.ok, () => false);

const setBusy = (form, busy) => form.querySelectorAll("button").forEach((button) => { button.disabled = busy; });

export function start(root) {
  root.querySelectorAll("form").forEach((form) => {
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
}
