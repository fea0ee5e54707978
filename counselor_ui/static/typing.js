/* Typing is work: while somebody types in a form that is sent, the session is renewed, and only then.
   A form with an address of its own for that (a letter's, which renews the claim as well) is asked first. */
"use strict";

(() => {
  const RENEW_AFTER_MS = 120_000;
  const page = document.currentScript.dataset;
  const idleMs = Number(page.idleSeconds) * 1000;
  const renewedAt = new Map();
  const openedAt = Date.now();
  let leaving;
  let isOnItsWay = false;

  const leaveWhenIdle = () => {
    // The page's own Refresh would go by when the page was loaded; from now on typing counts.
    window.stop();
    clearTimeout(leaving);
    leaving = setTimeout(() => location.assign(page.away), idleMs);
  };

  const ask = async (address, token) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ token }), redirect: "error" });
    return answer.ok;
  };

  const renew = async ({ stillHere, stillHereToken }) => {
    try {
      // A claim that a colleague has by now is no reason to lose the words.
      const isRenewed = (stillHere && await ask(stillHere, stillHereToken)) || await ask(page.renew, page.renewToken);
      // To stop the page would also stop a form on its way.
      if (isRenewed && !isOnItsWay) leaveWhenIdle();
    } catch {
      // No network, or the session is over: the page leaves when its own time has come.
    }
  };

  document.addEventListener("input", ({ target }) => {
    const form = target.form;
    if (!form?.matches("[method=post]")) return;
    isOnItsWay = false;
    const address = form.dataset.stillHere ?? page.renew;
    if (Date.now() - (renewedAt.get(address) ?? openedAt) <= RENEW_AFTER_MS) return;
    renewedAt.set(address, Date.now());
    renew(form.dataset);
  });
  document.addEventListener("submit", (event) => { isOnItsWay = !event.defaultPrevented; });
})();
