// What a letter carries beside its words: a drawing, a voice. Held in memory alone, and let go with the page.
const held = new Map();
const wishes = [];

const tell = () => {
  // 今天就要有人看吗: no machine reads a drawing or a voice, so the child is asked.
  document.querySelectorAll("[data-with-parts]").forEach((place) => { place.hidden = held.size === 0; });
};

export const part = (name) => held.get(name) || null;
export function keep(name, file) {
  held.set(name, file);
  tell();
  // What the page said of the letter as it was, that it is empty for one, may not be so any more.
  const problem = document.getElementById("problem");
  if (problem) problem.hidden = true;
}
export function drop(name) { held.delete(name); tell(); }

// Let `isBegun()` say whether something was begun that is not in the letter yet.
export const whenBegun = (isBegun) => wishes.push(isBegun);
export const isAnythingMade = () => held.size > 0 || wishes.some((isBegun) => isBegun());

// Add the parts to the fields of a form that takes them; says whether there were any.
export function addTo(fields, form) {
  if (!form.querySelector("[data-draw], [data-record]")) return false;
  held.forEach((file, name) => fields.set(name, file, file.name));
  return held.size > 0;
}

// The page's memory ends here: whoever holds something of the child lets go of it on this event.
export const forget = () => document.dispatchEvent(new Event("forget"));

export function start(root) {
  // A page without the form has no use for what was made for the letter before.
  if (!root.querySelector("[data-draw], [data-record]")) forget();
  tell();
}

document.addEventListener("forget", () => { held.clear(); tell(); });
