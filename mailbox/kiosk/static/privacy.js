// What a shared tablet needs: the next child finds nothing, not by waiting, not by going back.
import { ask } from "./asking.js";
import { alone, together } from "./alone.js";
import { forget, isAnythingMade } from "./parts.js";

// A child who reads or thinks touches something within a minute.
const ASK_AFTER_MS = 60000;
// Twenty seconds are enough to find the button, and little enough for the next child in the line to see no more.
const WIPE_AFTER_MS = 80000;
// Words that are gone cannot be written again the same way: a teacher may have called the child to the door.
const WIPE_WRITTEN_AFTER_MS = 180000;
const TRY_AGAIN_MS = 5000;

let touchedAt = performance.now();
let touchedOn = Date.now();
let covered = false;
let hidden = false;
let wiped = false;
let before = null;

const part = (name) => document.querySelector(`[data-${name}]`);
const show = (cover, name, shown) => cover.querySelectorAll(`[data-${name}]`).forEach((place) => { place.hidden = !shown; });

export function stillHere() {
  touchedAt = performance.now();
  touchedOn = Date.now();
}

function isWritten() {
  const fields = document.querySelectorAll("textarea, input:not([type=hidden]), input[type=hidden][name=picture]");
  const said = (field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked && !field.defaultChecked : field.value !== "");
  return isAnythingMade() || [...fields].some(said);
}

// The start has nothing to hide: a cover there would greet every child with a question.
const isNothingHere = () => part("start-page") !== null && !covered && !isWritten() || isForStaff() && !isWritten();
const isForStaff = () => part("nothing-here") !== null;
// A code that is being copied by hand cannot be had again either; who has hidden it copies no more.
const isCodeShown = () => !hidden && document.querySelector(".code") !== null;
const wipeAfterMs = () => (isWritten() || isCodeShown() ? WIPE_WRITTEN_AFTER_MS : WIPE_AFTER_MS);

export function cover(asking) {
  const place = part("cover");
  if (!place || wiped || isNothingHere() && asking) return;
  if (!covered) {
    hidden = !asking;
    before = document.activeElement;
    document.dispatchEvent(new Event("covered"));
  }
  const isNew = !covered || place.hidden;
  covered = true;
  show(place, "covered", !asking);
  show(place, "asking", asking);
  if (!isNew) return;
  alone(place);
  place.querySelector("[data-still-here]:not([hidden])").focus();
}

function uncover() {
  covered = hidden = false;
  stillHere();
  together(part("cover"));
  if (before && before.isConnected) before.focus({ preventScroll: true });
  before = null;
}

// Where a browser shows several pages of the mailbox at once, one child's time ends in all of them.
const pages = window.BroadcastChannel ? new BroadcastChannel("wiped") : null;
if (pages) pages.onmessage = () => { if (!isNothingHere()) wipe(false); };

// End this child's time: nothing of it stays, whether the mailbox can be reached or not.
export function wipe(tellOthers = true) {
  if (wiped) return;
  wiped = true;
  if (pages && tellOthers) pages.postMessage("wiped");
  document.dispatchEvent(new Event("wiped"));
  forget();
  emptyFields();
  const place = part("wiped");
  document.body.textContent = "";
  document.body.className = "kiosk";
  delete document.body.dataset.forget;
  history.replaceState(null, "", "/");
  if (place) { document.body.append(place); place.hidden = false; }
  leave(place);
}

// To a browser's own error page a child in a kiosk has no way back, so the mailbox is asked first.
async function leave(place) {
  const answer = await ask("/help", { patienceMs: 4000 });
  if (answer) { location.replace("/clear"); return; }
  if (place) show(place, "away", true);
  setTimeout(() => leave(place), TRY_AGAIN_MS);
}

function emptyFields() {
  document.querySelectorAll("textarea, input:not([type=hidden])").forEach((field) => { field.value = ""; });
  document.querySelectorAll("canvas").forEach((canvas) => { canvas.width = 0; });
}

function look() {
  if (wiped) return;
  if (isNothingHere()) { stillHere(); return; }
  const idleMs = performance.now() - touchedAt;
  if (idleMs >= wipeAfterMs()) wipe();
  else if (idleMs >= ASK_AFTER_MS) cover(true);
}

export function start(root) {
  // The answer to a form has no address of its own: reloading or coming back leads to the start, or to an empty form.
  if (root.dataset.forget) history.replaceState(null, "", root.dataset.forget);
  root.querySelectorAll("[data-hide-now]").forEach((button) => { button.hidden = isForStaff() && !isWritten(); });
  // An answer that comes while the cover lies there stays under it.
  if (covered && part("cover")) {
    covered = false;
    cover(false);
    // Nobody has seen this page yet, so nobody has hidden it.
    hidden = false;
  } else stillHere();
}

document.addEventListener("click", (event) => {
  const touched = (name) => event.target.closest && event.target.closest(`[data-${name}]`);
  if (touched("hide-now")) cover(false);
  else if (touched("still-here")) uncover();
  else if (touched("wipe-now")) wipe();
});
// A mouse that lies on a shaking desk moves by itself, so moving counts only with a finger, a pen or a button down.
const isMeant = (event) => event.type !== "pointermove" || event.buttons > 0;
["pointerdown", "pointermove", "keydown", "input", "touchmove", "wheel", "scroll"].forEach((kind) => {
  addEventListener(kind, (event) => { if (!covered && isMeant(event)) stillHere(); }, { capture: true, passive: true });
});
// Recording, reading aloud and waiting for the network touch nothing and are not being away.
document.addEventListener("still-here", () => { if (!covered) stillHere(); });
// Under the cover a key reaches the cover's own buttons and nothing else.
addEventListener("keydown", (event) => { if (covered && event.key === "Escape") { event.preventDefault(); event.stopImmediatePropagation(); } }, true);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") { if (!isNothingHere()) cover(false); }
  // A tablet that slept counts no time while it sleeps; the calendar does.
  else if (!wiped && !isNothingHere() && Date.now() - touchedOn >= wipeAfterMs()) wipe();
});
addEventListener("pagehide", () => {
  emptyFields();
  forget();
  // A page that comes back out of the browser's memory is seen for a moment before a script can act.
  document.querySelectorAll("main").forEach((main) => main.remove());
});
addEventListener("pageshow", (event) => {
  // Taken out of the browser's memory of earlier pages: what was there is for nobody's eyes.
  if (event.persisted) { wiped = false; wipe(); }
});
setInterval(look, 1000);
