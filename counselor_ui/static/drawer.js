/* The drawer in the bar closes when somebody turns to the page again; without this it closes where it was opened. */
"use strict";

(() => {
  const drawer = document.querySelector(".drawer");
  if (!drawer) return;
  document.addEventListener("click", (event) => { if (!drawer.contains(event.target)) drawer.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawer.open) return;
    drawer.open = false;
    drawer.querySelector("summary").focus();
  });
})();
