// Goes to another page of the mailbox without leaving this document: no entry in the history, and where the network
// is gone a sentence instead of the browser's own error page, which a child in a kiosk cannot leave.
import { ask } from "./asking.js";
import { show } from "./page.js";
import { wipe } from "./privacy.js";

const START = ["/", "/clear"];
let going = false;

function ours(event) {
  const link = event.target.closest && event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin || "plain" in link.dataset) return null;
  return link;
}

// A place on this page: opened where it is folded, and without an entry in the history.
function goDown(link) {
  const place = document.getElementById(link.hash.slice(1));
  if (!place) return;
  const folded = place.closest("details");
  if (folded) folded.open = true;
  place.scrollIntoView();
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

// Say that the mailbox cannot be reached, in words that are on every page.
export function sayUnreached(unreached) {
  document.querySelectorAll("[data-unreached]").forEach((place) => { place.hidden = !unreached; });
  const place = document.querySelector("[data-unreached]");
  if (unreached && place) place.scrollIntoView({ block: "nearest" });
}

async function go(link) {
  going = true;
  link.setAttribute("aria-busy", "true");
  sayUnreached(false);
  const answer = await ask(link.href);
  link.removeAttribute("aria-busy");
  going = false;
  // What was asked for before the screen was cleared is not for the next child.
  if (!link.isConnected) return;
  if (!answer) { sayUnreached(true); return; }
  history.replaceState(null, "", new URL(answer.address).pathname + new URL(answer.address).search);
  show(answer.page);
}

export function start() {}

document.addEventListener("click", (event) => {
  const link = ours(event);
  if (!link) return;
  event.preventDefault();
  const isHere = link.pathname === location.pathname && link.search === location.search;
  if (link.hash && isHere) { goDown(link); return; }
  // Whoever goes to the start begins anew: in a fresh document, and with the browser told to forget.
  if (START.includes(link.pathname)) wipe();
  else if (!going) go(link);
});
// A link that looks like a button is pressed like one: a switch has a space and no Enter.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.repeat || !event.target.matches || !event.target.matches("a.button")) return;
  event.preventDefault();
  event.target.click();
});
