// What of a page can be read aloud, line by line, and the words of a line. Never a field: what a child typed is its own.
const LINES = "h1, h2, h3, p, li, dd, legend, .question";
// A code that is read out is known to the whole room; pictures need no reading.
const UNREAD = ".code, .chosen, .picture-groups, [data-cover], [data-unread]";
const SILENT = "rt, rp, svg, img, canvas, button, textarea, input, select, .unseen, [hidden]";
// Numbers to call are said digit by digit.
const CALLED = /\b(1[12]\d|12\d{3})\b/g;

function textOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SILENT)) return "";
  return [...node.childNodes].map(textOf).join("");
}

const said = (text) => text.replace(CALLED, (number) => `${[...number].join(" ")} `).replace(/[ \t\r]+/g, " ").trim();

export function wordsOf(line) {
  const before = line.tagName === "DD" && line.previousElementSibling ? `${textOf(line.previousElementSibling)}，` : "";
  return said(before + textOf(line));
}

// A voice that is given too much at once may fall silent halfway: sentence by sentence.
export function sentencesOf(words) {
  return (words.match(/(?:[^。！？；!?;.\n]|\.(?!\s|$))+[。！？；!?;.]*/g) || []).map((part) => part.trim()).filter((part) => /[\p{L}\p{N}]/u.test(part));
}

export function linesIn(main) {
  const lines = [...main.querySelectorAll(LINES)].filter((line) => !line.closest(UNREAD) && !line.querySelector(LINES));
  return lines.filter((line) => wordsOf(line));
}

// Buttons, links, choices and drawers are for doing: what they say is read by a button beside them, one for a group.
export function doorsIn(main) {
  const groups = new Map();
  main.querySelectorAll("a.button, button, label, summary").forEach((door) => {
    if (door.closest(UNREAD) || door.closest("[hidden], .question")) return;
    const place = door.tagName === "SUMMARY" ? door : door.parentElement;
    const words = said([...door.childNodes].map(textOf).join(""));
    if (!words) return;
    if (!groups.has(place)) groups.set(place, { before: beforeDoors(place, door), words });
    else groups.get(place).words += `。${words}`;
  });
  return [...groups.values()];
}

function beforeDoors(place, first) {
  if (place.tagName === "SUMMARY") return place.parentElement;
  // What lies in a closed drawer stays in it.
  if (place.tagName === "DETAILS") return first;
  return place.matches(".row") ? place.firstElementChild : place;
}
