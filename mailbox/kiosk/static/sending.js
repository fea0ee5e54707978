// Sends what a child wrote, drew and said, and tries again while the child waits, in words. Each try carries the same
// token, so that a copy that arrived twice is one letter. Nothing is stored: when it does not arrive, the words stand
// where they stood.
import { alone, together } from "./alone.js";
import { ask } from "./asking.js";
import { sayUnreached } from "./links.js";
import { show } from "./page.js";
import { addTo, forget } from "./parts.js";

// As long as a child waits before a screen, and as a school's wireless takes to come back.
const GIVE_UP_MS = 120000;
const PAUSES_MS = [1000, 2000, 4000, 8000];
// A quick answer needs no words about waiting.
const SAY_AFTER_MS = 600;
const PATIENCE_MS = 15000;
// A drawing or a voice takes its time on a weak network: at least so many bytes come through in a second, or none do.
const LEAST_BYTES_A_MS = 16;

let tapped = null;

// Several buttons may send one form; which one it was is part of what is sent.
const buttonOf = (form, event) => event.submitter || (tapped && tapped.form === form ? tapped : null);
const isLetter = (form) => form.querySelector("[data-sending]") !== null;
const say = (place, name, shown) => place.querySelectorAll(`[data-${name}]`).forEach((part) => { part.hidden = !shown; });

function contentsOf(form, button) {
  const fields = new FormData(form);
  if (button && button.name) fields.append(button.name, button.value);
  let bytes = 0;
  if (!addTo(fields, form)) return { body: new URLSearchParams(fields), bytes };
  fields.forEach((value) => { bytes += value.size || 0; });
  return { body: fields, bytes };
}

function setBusy(form, busy) {
  form.toggleAttribute("data-busy", busy);
  form.querySelectorAll("button").forEach((button) => {
    if (busy && !button.disabled && !button.closest("[data-sending]")) button.dataset.waits = "";
    if ("waits" in button.dataset) button.disabled = busy;
    if (!busy) delete button.dataset.waits;
  });
  form.querySelectorAll("textarea").forEach((field) => { field.readOnly = busy; });
}

// Resolves after `ms`, or at once when the network comes back or the child waits no longer.
const pause = (ms, stop) => new Promise((resolve) => {
  const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
  const timer = setTimeout(done, ms);
  addEventListener("online", done);
  stop.addEventListener("abort", done);
});

// For how long the mailbox asks this tablet to wait, because very many letters came from it; 0 if it does not.
function inLineMs(answer) {
  const said = answer && answer.status === 429 && answer.page.querySelector("[data-slow]");
  return said ? Math.max(1, Number(said.dataset.slow)) * 1000 : 0;
}

function sayTimeLeft(waiting, leftMs, isInLine) {
  say(waiting, "again", !isInLine);
  say(waiting, "in-line", isInLine);
  say(waiting, "now", false);
  say(waiting, "two-minutes", leftMs > 60000);
  say(waiting, "one-minute", leftMs <= 60000 && leftMs > 30000);
  say(waiting, "half-a-minute", leftMs <= 30000);
}

// Try until it has arrived, the time is over or the child waits no longer; null then, or the page that asks to wait.
async function deliver(form, contents, waiting, stop) {
  const until = performance.now() + GIVE_UP_MS;
  const left = () => until - performance.now();
  let asksToWait = null;
  for (let count = 0; left() > 0 && !stop.aborted; count += 1) {
    document.dispatchEvent(new Event("still-here"));
    const patienceMs = Math.min(left(), PATIENCE_MS + contents.bytes / LEAST_BYTES_A_MS);
    const answer = await ask(form.action, { body: contents.body, patienceMs, stop });
    const lineMs = inLineMs(answer);
    if ((answer && !lineMs) || stop.aborted) return answer;
    asksToWait = lineMs ? answer : null;
    sayTimeLeft(waiting, left(), lineMs > 0);
    const pauseMs = lineMs || PAUSES_MS[Math.min(count, PAUSES_MS.length - 1)];
    await pause(Math.min(pauseMs, Math.max(0, left())), stop);
  }
  return stop.aborted ? null : asksToWait;
}

async function sendLetter(form, contents) {
  const waiting = form.querySelector("[data-sending]");
  const unsent = form.querySelector("[data-unsent]");
  const child = new AbortController();
  const stops = () => child.abort();
  const words = form.querySelector("textarea");
  let isGone = false;
  const gone = () => { isGone = true; child.abort(); };
  unsent.hidden = true;
  say(waiting, "now", true);
  ["again", "in-line", "two-minutes", "one-minute", "half-a-minute"].forEach((name) => say(waiting, name, false));
  setBusy(form, true);
  const later = setTimeout(() => { alone(waiting); waiting.querySelector("button").focus(); }, SAY_AFTER_MS);
  waiting.querySelector("[data-stop]").addEventListener("click", stops);
  document.addEventListener("forget", gone);
  const answer = await deliver(form, contents, waiting, child.signal);
  clearTimeout(later);
  document.removeEventListener("forget", gone);
  waiting.querySelector("[data-stop]").removeEventListener("click", stops);
  if (isGone || !form.isConnected) return;
  setBusy(form, false);
  together(waiting);
  if (!answer) sayUnsent(unsent, child.signal.aborted ? "stopped" : "failed");
  else if (answer.ok || takesAgain(answer, form)) {
    // A form that comes back empty belongs to another child now; so does what was made for it.
    const comesBack = answer.page.querySelector("textarea");
    if (comesBack && words.value && !comesBack.value) forget();
    show(answer.page);
  } else sayAnswer(unsent, answer.page);
}

// A page that has the form in it brings the words back; one that only refuses must not take them away.
const takesAgain = (answer, form) =>
  [...answer.page.forms].some((other) => other.getAttribute("action") === form.getAttribute("action")) ||
  (answer.status >= 400 && answer.status < 500 && ![404, 413].includes(answer.status));

function sayUnsent(unsent, what) {
  ["stopped", "failed", "answered"].forEach((name) => say(unsent, name, name === what));
  unsent.hidden = false;
  unsent.tabIndex = -1;
  unsent.scrollIntoView({ block: "nearest" });
  unsent.focus({ preventScroll: true });
}

// The mailbox said why it cannot take the letter: its words stand beside the child's, which stay.
function sayAnswer(unsent, page) {
  const place = unsent.querySelector("[data-answered]");
  place.textContent = "";
  page.querySelectorAll("main h1, main .lead").forEach((said) => {
    const line = document.createElement("p");
    said.childNodes.forEach((node) => line.append(document.importNode(node, true)));
    place.append(line);
  });
  sayUnsent(unsent, "answered");
}

async function sendOnce(form, contents) {
  setBusy(form, true);
  sayUnreached(false);
  const answer = await ask(form.action, { body: contents.body, patienceMs: PATIENCE_MS });
  if (!form.isConnected) return;
  setBusy(form, false);
  if (answer) show(answer.page);
  else sayUnreached(true);
}

export function start() {}

document.addEventListener("click", (event) => {
  tapped = event.target.closest ? event.target.closest("button") : null;
}, true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "plain" in form.dataset) return;
  event.preventDefault();
  // A nervous finger sends once; the server would know it for one letter anyway.
  if (form.hasAttribute("data-busy")) return;
  const contents = contentsOf(form, buttonOf(form, event));
  if (isLetter(form)) sendLetter(form, contents);
  else sendOnce(form, contents);
});
