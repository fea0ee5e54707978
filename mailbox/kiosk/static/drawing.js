// Drawing: a paper over the whole page, for finger, pen and mouse. Owns the strokes until the letter is sent.
import { alone, together } from "./alone.js";
import { drop, keep, part, whenBegun } from "./parts.js";
import { ERASER, paintStroke, Strokes } from "./strokes.js";

const NAME = "drawing";
// As large as a counselor's screen shows it; the picture file stays far below the letter's limit.
const LYING = { width: 1600, height: 1000 };
const STANDING = { width: 1000, height: 1300 };
const PAPER = "#fffdf7";
// Sharper than two points a pixel no eye sees, and a cheap tablet would be slow.
const MOST_DENSE = 2;

const strokes = new Strokes();
let paper = LYING;
let pen = { colour: "#1f1a17", width: 16 };
let easel = null;
let canvas = null;
let pointer = null;

const find = (name) => easel.querySelector(`[data-${name}]`);
const scale = () => canvas.width / paper.width;

function context() {
  const drawn = canvas.getContext("2d");
  drawn.setTransform(scale(), 0, 0, scale(), 0, 0);
  return drawn;
}

function repaint() {
  const drawn = context();
  drawn.clearRect(0, 0, paper.width, paper.height);
  strokes.paint(drawn);
  find("undo").disabled = !strokes.canUndo;
  find("redo").disabled = !strokes.canRedo;
  find("clear").disabled = strokes.isBlank;
}

// Lay the paper into the room that the screen leaves; the drawing keeps its own measure when the tablet is turned.
function fit() {
  const room = find("room");
  const most = Math.min(room.clientWidth / paper.width, room.clientHeight / paper.height);
  const dense = Math.min(devicePixelRatio || 1, MOST_DENSE);
  canvas.style.width = `${Math.floor(paper.width * most)}px`;
  canvas.style.height = `${Math.floor(paper.height * most)}px`;
  canvas.width = Math.min(paper.width, Math.max(1, Math.round(paper.width * most * dense)));
  canvas.height = Math.round(canvas.width * paper.height / paper.width);
  repaint();
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  const inPaper = (part, from, size, measure) => Math.round((part - from) / size * measure * 10) / 10;
  return { x: inPaper(event.clientX, box.left, box.width, paper.width), y: inPaper(event.clientY, box.top, box.height, paper.height) };
}

// One pointer draws at a time, so that the ball of the hand draws nothing; a pen is meant, even where a hand lay first.
function down(event) {
  if (event.pointerType === "mouse" && event.button !== 0) return;
  if (pointer !== null && !(event.pointerType === "pen" && pointer.type !== "pen")) return;
  if (pointer !== null) { strokes.undo(); strokes.undone = []; repaint(); }
  event.preventDefault();
  pointer = { id: event.pointerId, type: event.pointerType };
  if (canvas.setPointerCapture) canvas.setPointerCapture(event.pointerId);
  strokes.begin(pen.colour, pen.width, place(event));
  paintStroke(context(), strokes.steps[strokes.steps.length - 1]);
}

function move(event) {
  if (!pointer || event.pointerId !== pointer.id) return;
  const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  const drawn = context();
  (between.length ? between : [event]).forEach((each) => paintStroke(drawn, strokes.extend(place(each))));
}

function up(event) {
  if (!pointer || event && event.pointerId !== pointer.id) return;
  pointer = null;
  repaint();
}

function choosePen() {
  const chosen = (name) => find(name).querySelector(":checked").value;
  pen = { colour: chosen("colours"), width: Number(chosen("tips")) };
}

const fileOf = (sheet) => new Promise((resolve) => {
  sheet.toBlob((blob) => resolve(blob && new File([blob], "drawing.png", { type: "image/png" })), "image/png");
});

// The whole drawing on its paper; null where nothing is left of it: an empty paper is no drawing.
function wholeSheet() {
  const ink = document.createElement("canvas");
  Object.assign(ink, paper);
  strokes.paint(ink.getContext("2d"));
  if (strokes.isBlank || !ink.getContext("2d").getImageData(0, 0, ink.width, ink.height).data.some((part) => part)) return null;
  const sheet = document.createElement("canvas");
  Object.assign(sheet, paper);
  const drawn = sheet.getContext("2d");
  drawn.fillStyle = PAPER;
  drawn.fillRect(0, 0, sheet.width, sheet.height);
  drawn.drawImage(ink, 0, 0);
  ink.width = 0;
  return sheet;
}

async function done() {
  up();
  const sheet = wholeSheet();
  // The easel stays until the picture is made, so that no letter goes without it.
  const file = sheet && await fileOf(sheet);
  // All may have been wiped meanwhile.
  if (sheet && strokes.isBlank) return;
  together(easel);
  removeEventListener("resize", fit);
  // Without memory for a file a browser gives none; the strokes stay on the easel.
  if (file) keep(NAME, file);
  else drop(NAME);
  showKept(sheet);
}

// What lies in the letter: the drawing, small, and what can be done with it.
function showKept(sheet) {
  const box = document.querySelector("[data-draw]");
  if (!box) return;
  const small = box.querySelector("[data-small]");
  const isKept = Boolean(part(NAME) && sheet);
  box.querySelector("[data-kept]").hidden = !isKept;
  box.querySelector("[data-begin]").hidden = isKept;
  if (isKept) {
    small.height = 160;
    small.width = Math.round(160 * paper.width / paper.height);
    small.getContext("2d").drawImage(sheet, 0, 0, small.width, small.height);
  } else small.width = 0;
  box.querySelector(isKept ? "[data-kept] button" : "[data-begin]").focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

function open() {
  if (!strokes.canUndo) paper = innerHeight > innerWidth ? STANDING : LYING;
  alone(easel);
  fit();
  addEventListener("resize", fit);
  find("colours").querySelector("input:checked").focus();
}

function takeOut() {
  strokes.empty();
  drop(NAME);
  showKept(null);
}

export function start(root) {
  const box = root.querySelector("[data-draw]");
  const kept = box && box.querySelector("template");
  if (!kept || !window.PointerEvent || !HTMLCanvasElement.prototype.toBlob) return;
  easel = document.importNode(kept.content, true).querySelector("[data-easel]");
  document.body.append(easel);
  canvas = find("paper");
  easel.querySelectorAll("[data-ground]").forEach((ground) => { ground.style.background = ground.dataset.ground; });
  choosePen();
  easel.addEventListener("change", choosePen);
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  // Old Safari scrolls and magnifies under a finger whatever the style says.
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  for (const act of ["undo", "redo", "clear"]) find(act).addEventListener("click", () => { strokes[act](); repaint(); });
  find("done").addEventListener("click", done);
  box.querySelectorAll("[data-begin], [data-change]").forEach((button) => button.addEventListener("click", open));
  box.querySelector("[data-take-out]").addEventListener("click", takeOut);
  box.hidden = false;
  // A form that came back with its words has its drawing too.
  if (part(NAME)) showKept(wholeSheet());
}

whenBegun(() => strokes.canUndo);
document.addEventListener("covered", () => { if (easel) up(); });
document.addEventListener("forget", () => { strokes.empty(); pointer = null; });
