/* The siren page keeps watch: asks every few seconds what rings, makes it heard, and says so when it cannot.
   The same file runs as a worker that only counts seconds: a browser slows the timers of a page behind others. */
"use strict";

if (typeof document === "undefined") {
  setInterval(() => postMessage("second"), 1000);
} else {
  keepWatch(document.getElementById("siren"));
}

function keepWatch(page) {
  const ASK_EVERY_MS = 4_000;
  const PATIENCE_MS = 8_000;
  const LOST_AFTER_MS = 12_000;
  const PAUSE_MS = { alarm: 900, lost: 12_000 };
  const words = page.dataset;
  const token = page.querySelector("input[name=token]");
  const heardForm = page.querySelector("form");

  let kinds = [];
  let contactAt = Date.now();
  let askedAt = 0;
  let asking = false;
  let isGone = false;

  /* --- asking --- */

  async function ask() {
    asking = true;
    askedAt = Date.now();
    try {
      const answer = await fetch(words.state, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.status === 404) {
        isGone = true;
        kinds = [];
      } else if (answer.ok) {
        const look = await answer.json();
        kinds = look.alarms.map((alarm) => alarm.kind);
        if (look.token) token.value = look.token;
        contactAt = Date.now();
        isGone = false;
      }
    } catch {
      // No network, or the program is down: the time since the last contact says so.
    }
    asking = false;
    show();
  }

  heardForm.addEventListener("submit", async (event) => {
    // Without leaving the page, which would switch the sound off again.
    event.preventDefault();
    try {
      await fetch(heardForm.action, { method: "POST", body: new URLSearchParams(new FormData(heardForm)) });
    } finally {
      ask();
    }
  });

  /* --- showing --- */

  // While somebody who was reached is on the way, the page shows it and is still.
  const rings = () => kinds.some((kind) => kind !== "held");
  const isLost = () => isGone || Date.now() - contactAt > LOST_AFTER_MS;

  function show() {
    const sound = soundState();
    const state = isGone ? "gone" : isLost() ? "lost" : sound === "on" ? "watching" : "silent";
    const isCalm = state === "watching" || state === "silent";
    for (const section of page.querySelectorAll("[data-alarm]")) section.hidden = !kinds.includes(section.dataset.alarm);
    for (const section of page.querySelectorAll("[data-shows]")) {
      // While something rings there is nothing calm to say.
      section.hidden = section.dataset.shows !== state || (isCalm && kinds.length > 0);
    }
    for (const section of page.querySelectorAll("[data-sound]")) section.hidden = section.dataset.sound !== sound || isGone;
    const contact = page.querySelector("[data-contact]");
    contact.hidden = isGone;
    contact.querySelector("time").textContent = new Date(contactAt).toLocaleTimeString(document.documentElement.lang);
    const title = rings() ? words.titleAlarm : isLost() ? words.titleLost : sound === "on" ? words.titleWatching : words.titleSilent;
    if (document.title !== title) document.title = title;
  }

  /* --- sounding --- */

  const Context = window.AudioContext || window.webkitAudioContext;
  const audio = Context ? new Context() : null;
  const sounds = {};
  let soundFailed = !audio;
  let quietUntil = 0;

  async function load(name, address) {
    const answer = await fetch(address);
    sounds[name] = await audio.decodeAudioData(await answer.arrayBuffer());
  }

  function soundState() {
    if (soundFailed) return "none";
    return audio.state === "running" ? "on" : "off";
  }

  function play(name) {
    const source = audio.createBufferSource();
    source.buffer = sounds[name];
    source.connect(audio.destination);
    source.start();
    quietUntil = Date.now() + sounds[name].duration * 1000 + PAUSE_MS[name];
  }

  function sound() {
    const name = rings() ? "alarm" : isLost() ? "lost" : "";
    page.dataset.sounding = name && soundState() === "on" ? name : "";
    if (page.dataset.sounding && sounds[name] && Date.now() >= quietUntil) play(name);
  }

  if (audio) {
    Promise.all([load("alarm", words.alarmSound), load("lost", words.lostSound)]).catch(() => { soundFailed = true; show(); });
    audio.addEventListener("statechange", show);
    // Some browsers let a page sound that was touched before; the others wait for the button.
    audio.resume();
    for (const button of page.querySelectorAll("[data-open-sound], [data-try-sound]")) {
      button.addEventListener("click", async () => {
        await audio.resume();
        if (sounds.alarm && Date.now() >= quietUntil) play("alarm");
        show();
      });
    }
  }

  /* --- staying awake --- */

  async function keepScreenOn() {
    if (document.visibilityState !== "visible") return;
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      // The machine decides; the page asks people to keep it awake as well.
    }
  }
  document.addEventListener("visibilitychange", keepScreenOn);
  keepScreenOn();
  // A page that holds a lock is not put to sleep by the browser.
  navigator.locks?.request("siren", () => new Promise(() => {}));

  function second() {
    if (!asking && Date.now() - askedAt >= ASK_EVERY_MS) ask();
    if (Date.now() - askedAt > PATIENCE_MS) show();
    sound();
  }
  try {
    new Worker(words.script).addEventListener("message", second);
  } catch {
    setInterval(second, 1000);
  }
  ask();
}
