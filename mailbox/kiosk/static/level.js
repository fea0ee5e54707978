// How loud the microphone hears: a bar that answers the voice, or a word that stands still where less motion is wished.
const LOUD = 0.25;
const HEARD = 0.02;

export class Level {
  // `place` holds a bar in [data-bar]; without Web Audio it stays empty, and recording goes on.
  constructor(stream, place) {
    this.bar = place.querySelector("[data-bar]");
    this.now = 0;
    const Sounds = window.AudioContext || window.webkitAudioContext;
    if (!Sounds) { this.isDeaf = true; return; }
    this.sounds = new Sounds();
    this.ear = this.sounds.createAnalyser();
    this.ear.fftSize = 512;
    this.heard = new Uint8Array(this.ear.fftSize);
    this.sounds.createMediaStreamSource(stream).connect(this.ear);
    // Safari lets nothing sound that a finger did not begin, and has forgotten the finger while it asked.
    if (this.sounds.state === "suspended") this.sounds.resume().catch(() => {});
    this.isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.draw();
  }

  draw() {
    this.listen();
    if (!this.isStill) this.bar.style.transform = `scaleX(${Math.min(1, this.now / LOUD).toFixed(2)})`;
    this.frame = requestAnimationFrame(() => this.draw());
  }

  listen() {
    this.ear.getByteTimeDomainData(this.heard);
    const loudest = this.heard.reduce((most, sample) => Math.max(most, Math.abs(sample - 128)), 0) / 128;
    // It falls slower than it rises, as an eye expects.
    this.now = Math.max(loudest, this.now * 0.9);
  }

  isHeard() { return this.isDeaf || this.sounds.state !== "running" || this.now > HEARD; }

  end() {
    cancelAnimationFrame(this.frame);
    if (this.sounds) this.sounds.close();
  }
}
