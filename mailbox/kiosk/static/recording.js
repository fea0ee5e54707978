// Speaking: a screen that says what a voice gives away, records up to three minutes, and lets the child hear itself.
// Owns the microphone, which is closed at once when it is not needed, and the voice until the letter is sent.
import { alone, together } from "./alone.js";
import { Level } from "./level.js";
import { drop, keep, part, whenBegun } from "./parts.js";

const NAME = "voice";
const LONGEST_MS = 180000;
// Speech stays clear, and three minutes are 700 KB: little enough for a weak network.
const BITS_A_SECOND = 32000;
// What is said when there is so much time left, the longest first.
const TIMES_LEFT = [[120000, "two-minutes"], [60000, "one-minute"], [30000, "half-a-minute"], [10000, "seconds"], [0, "end"]];
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const QUIET_AFTER_MS = 5000;
const LOOK_MS = 200;

let booth = null;
let recorder = null;
let stream = null;
let level = null;
let watch = null;
let pieces = [];
let sound = null;
let isAsking = false;
let isCalledOff = false;

const find = (name) => booth.querySelector(`[data-${name}]`);
const sayOne = (group, name) => booth.querySelectorAll(`[data-${group}]`).forEach((line) => { line.hidden = line.dataset[group] !== name; });
// Which of the booth's screens is shown: before, recording, after, trouble.
const turnTo = (screen) => sayOne("screen", screen);

function closeMicrophone() {
  clearInterval(watch);
  if (level) level.end();
  if (stream) stream.getTracks().forEach((track) => track.stop());
  stream = level = watch = null;
}

function hush() {
  if (!sound) return;
  sound.pause();
  URL.revokeObjectURL(sound.src);
  sound = null;
  document.querySelectorAll("[data-hear]").forEach((button) => setListening(button, false));
}

const setListening = (button, isOn) => {
  button.querySelector("[data-off]").hidden = isOn;
  button.querySelector("[data-on]").hidden = !isOn;
};

function trouble(what) {
  closeMicrophone();
  turnTo("trouble");
  sayOne("why", what);
  booth.querySelector("[data-screen=trouble] [data-leave]").focus();
}

const whyNot = (error) => ({ NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", NotReadableError: "none", OverconstrainedError: "none" }[error && error.name] || "cannot");

async function begin() {
  if (isAsking) return;
  hush();
  // Without a secure address a browser has no microphone to give; old ones cannot record.
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !window.MediaRecorder) { trouble("cannot"); return; }
  isAsking = true;
  isCalledOff = false;
  const here = booth;
  try {
    const given = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    // While the browser asked, the child may have gone, or hidden the page: nobody is listened to unseen.
    if (!here.isConnected || here.hidden || isCalledOff) { given.getTracks().forEach((track) => track.stop()); return; }
    stream = given;
    record();
  } catch (error) {
    trouble(whyNot(error));
  } finally {
    isAsking = false;
  }
}

function record() {
  const kind = KINDS.find((each) => MediaRecorder.isTypeSupported && MediaRecorder.isTypeSupported(each));
  recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_A_SECOND, ...(kind ? { mimeType: kind } : {}) });
  pieces = [];
  const mine = recorder;
  recorder.addEventListener("dataavailable", (event) => { if (mine === recorder && event.data.size) pieces.push(event.data); });
  recorder.addEventListener("stop", () => { if (mine === recorder) finish(); });
  recorder.addEventListener("error", () => { if (mine === recorder) stop("broken"); });
  // A cable pulled, a call that comes: what was said until then is kept.
  stream.getTracks().forEach((track) => track.addEventListener("ended", () => { if (mine === recorder) stop("broken"); }));
  recorder.start(1000);
  level = new Level(stream, find("level"));
  turnTo("recording");
  sayOne("left", "two-minutes");
  find("quiet").hidden = true;
  find("stop").focus();
  const began = performance.now();
  let heardAt = began;
  watch = setInterval(() => {
    document.dispatchEvent(new Event("still-here"));
    const left = LONGEST_MS - (performance.now() - began);
    if (left <= 0) { stop("limit"); return; }
    sayOne("left", TIMES_LEFT.find(([least]) => left > least)[1]);
    if (level.isHeard()) heardAt = performance.now();
    find("quiet").hidden = performance.now() - heardAt < QUIET_AFTER_MS;
  }, LOOK_MS);
}

function stop(why) {
  sayOne("ended", why);
  const isRunning = recorder && recorder.state !== "inactive";
  if (isRunning) recorder.stop();
  closeMicrophone();
}

function finish() {
  const kind = (recorder.mimeType || (pieces[0] && pieces[0].type) || "").split(";")[0];
  recorder = null;
  const name = `voice.${kind === "audio/mp4" ? "m4a" : kind.split("/")[1] || "bin"}`;
  const file = new File(pieces, name, { type: kind });
  pieces = [];
  if (!file.size) { trouble("cannot"); return; }
  keep(NAME, file);
  turnTo("after");
  if (!booth.hidden && booth.hasAttribute("data-alone")) find("good").focus();
  showKept();
}

// Play the voice, or stop playing it: one button does both.
function listen(event) {
  const button = event.currentTarget;
  if (sound) { hush(); return; }
  sound = new Audio(URL.createObjectURL(part(NAME)));
  sound.addEventListener("ended", hush);
  sound.addEventListener("error", hush);
  sound.addEventListener("timeupdate", () => document.dispatchEvent(new Event("still-here")));
  setListening(button, true);
  sound.play().catch(hush);
}

function showKept() {
  const box = document.querySelector("[data-record]");
  if (!box) return;
  const isKept = part(NAME) !== null;
  box.querySelector("[data-kept]").hidden = !isKept;
  box.querySelector("[data-begin]").hidden = isKept;
}

// Leave the screen; what is being said ends here and is kept.
function leave() {
  hush();
  if (recorder) stop("done");
  together(booth);
  showKept();
  const box = document.querySelector("[data-record]");
  const next = box.querySelector(part(NAME) ? "[data-kept] button" : "[data-begin]");
  next.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

function takeOut() {
  hush();
  drop(NAME);
  showKept();
  if (booth.hidden) document.querySelector("[data-record] [data-begin]").focus();
  else open();
}

function open() {
  hush();
  alone(booth);
  turnTo("before");
  find("begin-now").focus();
}

export function start(root) {
  const box = root.querySelector("[data-record]");
  const kept = box && box.querySelector("template");
  if (!kept) return;
  booth = document.importNode(kept.content, true).querySelector("[data-booth]");
  document.body.append(booth);
  const on = (where, name, act) => where.querySelectorAll(`[data-${name}]`).forEach((button) => button.addEventListener("click", act));
  on(box, "begin", open);
  on(box, "again", open);
  on(booth, "begin-now", begin);
  on(booth, "again", begin);
  on(booth, "stop", () => stop("done"));
  [box, booth].forEach((where) => { on(where, "hear", listen); on(where, "take-out", takeOut); });
  on(booth, "leave", leave);
  box.hidden = false;
  showKept();
}

whenBegun(() => recorder !== null);
// A classmate comes by, or the tablet is put away: the microphone closes, and what was said until then stays.
document.addEventListener("covered", () => { isCalledOff = true; hush(); if (recorder) stop("covered"); });
document.addEventListener("forget", () => {
  isCalledOff = true;
  const running = recorder;
  recorder = null;
  pieces = [];
  if (running && running.state !== "inactive") running.stop();
  closeMicrophone();
  hush();
});
