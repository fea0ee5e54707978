// That this tablet is on, told at the full and half hours of the clock, and a start page that does not grow stale.
import { ask } from "./asking.js";
import { show } from "./page.js";

const HALF_HOUR = 1800000;
// Woken from sleep, a timer comes late. That moment is a child's touch, so it tells nothing and waits for the next.
const LATE = 90000;
const LOOK = 20000;

let ticking = false;
let staleAt = Infinity;

const startPage = () => document.querySelector("[data-start-page]");

function wait() {
  setTimeout(tell, HALF_HOUR - (Date.now() % HALF_HOUR) + 500);
}

async function tell() {
  const late = Date.now() % HALF_HOUR >= LATE;
  // The next time is set before this one is answered: a network that never answers must not end the telling.
  wait();
  if (late) return;
  const answer = await fetch("/still-there", { method: "POST", cache: "no-store" }).catch(() => null);
  // Withdrawn: the start says so. A child who is writing is told with its next step, and keeps its words.
  if (answer && answer.status === 404) await renewStart();
}

// The start page says whether it is duty time now, so it is asked for again when that changes. Nothing else is touched.
async function renewStart() {
  if (!startPage()) return;
  staleAt = Infinity;
  const answer = await ask("/");
  // A child may have gone on meanwhile, and a cover stays where it is.
  const canShow = startPage() && !document.body.classList.contains("one-alone");
  if (answer && canShow) show(answer.page);
  else if (startPage()) staleAt = Date.now() + LOOK;
}

export function start(root) {
  const page = root.querySelector("[data-start-page]");
  const seconds = page ? Number(page.dataset.startPage) : 0;
  staleAt = seconds ? Date.now() + seconds * 1000 : Infinity;
  if (ticking) return;
  ticking = true;
  wait();
  setInterval(() => { if (Date.now() >= staleAt) renewStart(); }, LOOK);
}
