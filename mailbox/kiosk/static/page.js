// Which page is shown, and how one takes another's place without an entry in the browser's history.
const starts = [];

// Let `start(root)` know of this page and of each later one.
export function onPage(start) {
  starts.push(start);
  start(document.body);
}

// Read an answer as a page of the mailbox. null for what is none: the login page of a network, the error of a proxy, a
// page that was cut off on its way.
export function readPage(html) {
  if (!/<\/html>\s*$/.test(html)) return null;
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.body && page.body.classList.contains("kiosk") ? page : null;
}

// Put the answer of the mailbox, a whole page as text or as read by readPage, in the place of this one.
export function show(answer) {
  const next = typeof answer === "string" ? readPage(answer) : answer;
  if (!next) return false;
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  document.body.replaceWith(document.adoptNode(next.body));
  scrollTo(0, 0);
  // A screen reader begins at the top of what is new.
  const first = document.querySelector("main [role=alert]:not([hidden])") || document.querySelector("main h1");
  if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
  starts.forEach((start) => start(document.body));
  return true;
}
