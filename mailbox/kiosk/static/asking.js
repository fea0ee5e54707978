// Asks the mailbox for a page. Whatever is not a page of the mailbox counts as no network: a school's login page for
// its wireless, an answer led elsewhere, half an answer.
import { readPage } from "./page.js";

// Resolves to { page, ok, status, address }, or to null when the mailbox was not reached within `patienceMs`.
export async function ask(address, { body, patienceMs = 10000, stop } = {}) {
  const asked = new AbortController();
  const end = () => asked.abort();
  const timer = setTimeout(end, patienceMs);
  if (stop) stop.addEventListener("abort", end);
  try {
    const answer = await fetch(address, {
      method: body ? "POST" : "GET",
      body,
      cache: "no-store",
      credentials: "same-origin",
      // The answer to a form of ours is never an address: whoever sends the form elsewhere is not the mailbox.
      redirect: body ? "error" : "follow",
      signal: asked.signal,
    });
    if (new URL(answer.url).origin !== location.origin) return null;
    const page = readPage(await answer.text());
    return page && { page, ok: answer.ok, status: answer.status, address: answer.url };
  } catch (unreached) {
    return null;
  } finally {
    clearTimeout(timer);
    if (stop) stop.removeEventListener("abort", end);
  }
}
