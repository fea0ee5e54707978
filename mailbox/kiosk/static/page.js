// Which page is shown, and how one takes another's place without an entry in the browser's history.
const starts = [];

// Let `start(root)` know of this page and of each later one.
export function onPage(start) {
  starts.push(start);
  start(document.body);
}

// Put the answer of the mailbox, a whole page as text, in the place of this one.
export function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  document.body.replaceWith(document.adoptNode(next.body));
  scrollTo(0, 0);
  // A screen reader begins at the top of what is new.
  const heading = document.querySelector("main h1, main [role=alert]");
  if (heading) { heading.tabIndex = -1; heading.focus(); }
  starts.forEach((start) => start(document.body));
}
