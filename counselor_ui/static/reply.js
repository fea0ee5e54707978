/* The reply's form: keeps the draft while somebody types and before they leave, and puts a beginning at the cursor.
   Without it the buttons do the same. */
"use strict";

(() => {
  const form = document.querySelector(".reply-form");
  if (!form) return;
  const words = form.elements.reply;
  const PAUSE_MS = 1_500;
  const AT_MOST_MS = 10_000;

  /* --- what is said --- */

  const said = [...form.querySelectorAll("[data-draft-said] > span")];
  const say = (what) => said.forEach((line) => { line.hidden = !line.hasAttribute(`data-draft-${what}`); });

  /* --- saving --- */

  let token = form.dataset.draftToken;
  let kept = words.value;
  let waiting;
  let waitingSince = 0;
  let saving = null;
  // Once the form itself is on its way, or another page has a newer draft, nothing is saved behind anybody's back.
  let isOnItsWay = false;
  let isOlder = form.hasAttribute("data-draft-older");
  say(isOlder ? "newer" : "auto");

  const isDirty = () => !isOnItsWay && !isOlder && words.value !== kept;
  const body = () => new URLSearchParams({ token, draft: form.elements.draft.value, reply: words.value });

  const save = async () => {
    clearTimeout(waiting);
    waitingSince = 0;
    if (saving) await saving;
    if (!isDirty()) return;
    saving = send().finally(() => { saving = null; });
    await saving;
  };

  const send = async () => {
    const sent = words.value;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), redirect: "error" });
      if (answer.status === 409) {
        isOlder = true;
        say("newer");
      } else if (answer.ok) {
        const news = await answer.json();
        form.elements.draft.value = news.draft;
        token = news.token;
        kept = sent;
        say("saved");
      } else {
        say("failed");
      }
    } catch {
      // The network, or the session is over: the words stand in the form, and the next letter tries again.
      say("failed");
    }
  };

  words.addEventListener("input", () => {
    if (isOlder) return;
    clearTimeout(waiting);
    waitingSince = waitingSince || Date.now();
    const left = Math.max(0, AT_MOST_MS - (Date.now() - waitingSince));
    waiting = setTimeout(save, Math.min(PAUSE_MS, left));
  });

  /* --- leaving --- */

  // Before desk.js sees it: a form that waits for the draft is not sent yet.
  document.addEventListener("submit", (event) => {
    const isReply = event.target === form;
    if (isReply && !saving) {
      isOnItsWay = true;
      clearTimeout(waiting);
      return;
    }
    if (!isReply && !isDirty()) return;
    if (!event.target.requestSubmit) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target, submitter } = event;
    const until = isReply ? saving : save();
    until.finally(() => {
      // What could not be kept must not hold anybody back: they may want to log out and go.
      isOnItsWay = true;
      target.requestSubmit(submitter || undefined);
    });
  }, true);

  window.addEventListener("pagehide", () => {
    if (isDirty() && navigator.sendBeacon) navigator.sendBeacon(form.dataset.draft, body());
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) isOnItsWay = false; });

  /* --- beginnings --- */

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-words]");
    if (!button) return;
    event.preventDefault();
    words.setRangeText(button.dataset.words, words.selectionStart, words.selectionEnd, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  });
})();
