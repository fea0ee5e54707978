/* Small helps for whoever works at the desk; every page does its work without them.
   Keys: j k Enter r c g ?. An open list asks now and then whether it changed, says so, and never moves by itself. */
"use strict";

(() => {
  const help = document.querySelector("dialog.keys");
  const letters = [...document.querySelectorAll(".queue .open")];
  const replyForm = document.querySelector(".reply-form");

  /* --- keys --- */

  const hint = document.querySelector(".keys-hint");
  if (hint) hint.hidden = false;

  const isTyping = (element) => element.closest("input:not([type=radio]), textarea, select, [contenteditable]") !== null;

  const step = (by) => {
    if (letters.length === 0) return;
    const here = letters.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : letters.length - 1) : Math.min(Math.max(here + by, 0), letters.length - 1);
    letters[next].focus();
  };

  const chosen = () => letters.find((letter) => letter === document.activeElement);

  const ACTS = {
    j: () => step(1),
    k: () => step(-1),
    r: () => {
      const letter = chosen();
      if (letter) location.assign(`${letter.href}#reply`);
      else document.querySelector("[data-key=r]")?.focus();
    },
    c: () => {
      const place = letters.length ? chosen()?.closest("li") : document;
      place?.querySelector("[data-key=c]")?.click();
    },
    u: () => document.querySelector("[data-key=u]")?.click(),
    g: () => document.querySelector("[data-key=g]")?.click(),
    "?": () => help?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
    if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
    if (isTyping(event.target) || !Object.hasOwn(ACTS, event.key)) return;
    event.preventDefault();
    ACTS[event.key]();
  });

  if (replyForm && location.hash === "#reply") replyForm.querySelector("textarea").focus();

  /* --- whether the list changed --- */

  const standing = document.querySelector("[data-state]");

  const watch = (list) => {
    const line = list.querySelector(".changed");
    let asking;
    const stop = () => clearInterval(asking);

    const ask = async () => {
      if (document.hidden) return;
      let answer;
      try {
        // The login page is no answer: asking is no act, so the session may be over.
        const headers = { "If-None-Match": `"${list.dataset.tag}"` };
        answer = await fetch(list.dataset.state, { headers, cache: "no-store", redirect: "manual" });
      } catch {
        return;
      }
      if (answer.status === 304) return;
      if (answer.status !== 200) return stop();
      const { unread } = await answer.json();
      line.textContent = unread > Number(list.dataset.unread) ? line.dataset.new : line.dataset.other;
      stop();
    };

    asking = setInterval(ask, Number(list.dataset.everySeconds) * 1000);
    document.addEventListener("visibilitychange", ask);
  };

  if (standing) watch(standing);

  /* --- one click, one reply --- */

  if (!replyForm) return;
  let sent = false;
  replyForm.addEventListener("submit", (event) => {
    // A nervous finger sends once; the server would keep only one anyway.
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
})();
