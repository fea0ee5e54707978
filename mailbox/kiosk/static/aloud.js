// Reading aloud, one line at a time, by the tablet's own voice. Stops when the child leaves, hides or ends its time.
import { doorsIn, linesIn, sentencesOf, wordsOf } from "./lines.js";
import { onVoices, voice } from "./voices.js";
import { wish, wished } from "./wishes.js";

// A little slower than talking: children follow the characters with a finger.
const RATE = 0.85;
// A second of a child's time for each character, and some for the voice to wake up: after that it counts as stuck.
const MS_A_CHARACTER = 1000;
const MS_TO_WAKE = 8000;
const STILL_HERE_MS = 5000;

let speaking = null;

export function hush() {
  const was = speaking;
  speaking = null;
  if (!was) return;
  clearInterval(was.ticking);
  clearTimeout(was.stuck);
  was.button.setAttribute("aria-pressed", "false");
  was.place.classList.remove("speaking");
  window.speechSynthesis.cancel();
}

function speak(words, button, place) {
  hush();
  const chosen = voice();
  const sentences = sentencesOf(words);
  if (!chosen || !sentences.length) return;
  const still = () => document.dispatchEvent(new Event("still-here"));
  const now = { button, place, ticking: setInterval(still, STILL_HERE_MS) };
  now.stuck = setTimeout(() => { if (speaking === now) hush(); }, words.length * MS_A_CHARACTER + MS_TO_WAKE);
  speaking = now;
  button.setAttribute("aria-pressed", "true");
  place.classList.add("speaking");
  still();
  sentences.forEach((sentence, index) => {
    const utterance = new SpeechSynthesisUtterance(sentence);
    utterance.voice = chosen;
    utterance.lang = chosen.lang.replace("_", "-");
    utterance.rate = RATE;
    const over = () => { if (speaking === now) hush(); };
    utterance.onerror = over;
    if (index === sentences.length - 1) utterance.onend = over;
    window.speechSynthesis.speak(utterance);
  });
}

function listenButton(name, words, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "listen";
  button.setAttribute("aria-label", name);
  button.setAttribute("aria-pressed", "false");
  const glyph = document.querySelector("[data-aloud] svg");
  if (glyph) button.append(glyph.cloneNode(true));
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (speaking && speaking.button === button) hush();
    // The words are read from the page when they are wanted: they may have changed.
    else speak(words(), button, place || button);
  });
  return button;
}

function prepare(root, name) {
  const main = root.querySelector("main");
  if (!main || main.querySelector(".listen")) return;
  doorsIn(main).forEach(({ before, words }) => {
    const button = listenButton(name, () => words);
    button.classList.add("beside");
    before.before(button);
  });
  linesIn(main).forEach((line) => {
    let place = line;
    if (line.tagName === "LABEL") {
      // A button inside a label would become part of the field's name.
      place = document.createElement("div");
      line.replaceWith(place);
      place.append(line);
    }
    place.classList.add("hearable");
    place.append(listenButton(name, () => wordsOf(line), place));
  });
}

function clear(root) {
  root.querySelectorAll(".listen").forEach((button) => button.remove());
  root.querySelectorAll(".hearable").forEach((place) => {
    place.classList.remove("hearable");
    if (place.tagName === "DIV" && place.children.length === 1 && place.firstElementChild.tagName === "LABEL") place.replaceWith(place.firstElementChild);
  });
}

function show(root) {
  const button = root.querySelector("[data-aloud]");
  if (!button) return;
  const hasVoice = Boolean(voice());
  const listening = hasVoice && wished("aloud") === "on";
  button.hidden = !hasVoice;
  button.setAttribute("aria-pressed", String(listening));
  root.classList.toggle("listening", listening);
  root.querySelectorAll("[data-aloud-hint]").forEach((hint) => { hint.hidden = !listening; });
  root.querySelectorAll("[data-no-voice]").forEach((place) => { place.hidden = hasVoice; });
  if (listening) prepare(root, button.dataset.aloud);
  else clear(root);
}

export function start(root) {
  hush();
  const button = root.querySelector("[data-aloud]");
  if (!button) return;
  button.addEventListener("click", () => {
    const listening = wished("aloud") !== "on";
    wish("aloud", listening ? "on" : "off");
    hush();
    show(root);
    // The first thing it says is what to do.
    const hint = root.querySelector("[data-aloud-hint]");
    const own = hint && hint.querySelector(".listen");
    if (listening && own) own.click();
  });
  show(root);
}

onVoices(() => show(document.body));
["covered", "wiped"].forEach((event) => document.addEventListener(event, hush));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") hush(); });
addEventListener("pagehide", hush);
// Whoever taps something else has heard enough; a recording must not hear the voice either.
document.addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest("a, button, summary") && !event.target.closest(".listen, [data-aloud], [data-pinyin]")) hush();
}, true);
