// The switch for 拼音. All of it is in the page already; the switch shows or hides it, here and on the pages after.
import { wish, wished } from "./wishes.js";

const page = document.documentElement;

function show(shown) {
  page.classList.toggle("with-pinyin", shown);
  document.querySelectorAll("[data-pinyin]").forEach((button) => { button.setAttribute("aria-pressed", String(shown)); });
}

export function start(root) {
  root.querySelectorAll("[data-pinyin]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = !page.classList.contains("with-pinyin");
      wish("pinyin", shown ? "on" : "off");
      show(shown);
    });
  });
  // Where the child has not chosen, the tablet's grade has: it stands on the page itself.
  show(wished("pinyin") ? wished("pinyin") === "on" : page.classList.contains("with-pinyin"));
}
