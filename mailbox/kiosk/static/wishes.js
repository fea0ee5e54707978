// How this child wants its pages, "on" or "off": 拼音, reading aloud. It lasts until the screen is cleared.
// In this tab's own storage and nowhere else, because a page that is loaded anew must know it; it says nothing of a child.
// Where the browser refuses to store anything, a wish lasts for this page.
const NAMES = ["pinyin", "aloud"];
const here = {};

export function wished(name) {
  try { return sessionStorage.getItem(name); } catch (refused) { return here[name] || null; }
}

export function wish(name, value) {
  here[name] = value;
  try { sessionStorage.setItem(name, value); } catch (refused) { /* The page itself remembers it. */ }
}

export function forgetWishes() {
  NAMES.forEach((name) => {
    delete here[name];
    try { sessionStorage.removeItem(name); } catch (refused) { /* Nothing was kept. */ }
  });
}

// The next child begins with what the tablet's grade needs.
document.addEventListener("wiped", forgetWishes);
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest("a[href]");
  if (link && new URL(link.href).pathname === "/clear") forgetWishes();
}, true);
