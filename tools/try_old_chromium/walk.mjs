// Walks the children's pages in a Chromium of 2020 as a child would, looks at each screen, and fails loudly.
// What it needs stands in its environment: SCHOOL_* from school.py, OLD_CHROMIUM (the folder of the program), PICTURES.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const { SCHOOL_URL, SCHOOL_COOKIE, SCHOOL_CODE, OLD_CHROMIUM, PICTURES = "pictures" } = process.env;
const SIZES = [[1024, 600], [390, 844]];
// 听 and the recorder cannot be tried: this build of Chromium has no voices, and this machine no microphone.
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--lang=zh-CN"];
const wrongs = [];

// Everything that can be pressed lies on the screen, is not covered and is large enough; nothing is wider than the screen.
function faults() {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.push(`wider than the screen by ${page.scrollWidth - page.clientWidth}`);
  const alone = document.querySelector("[data-alone]");
  for (const place of (alone || document).querySelectorAll("a, button, summary, label.button, label.swatch, textarea, input:not([type=hidden])")) {
    if (!place.offsetParent && getComputedStyle(place).position !== "fixed" || getComputedStyle(place).visibility === "hidden") continue;
    if (place.matches("label input")) continue;
    if (place.closest("header")) scrollTo(0, 0);
    else place.scrollIntoView({ block: "center" });
    const box = place.getBoundingClientRect();
    const name = `${place.tagName} ${place.textContent.trim().slice(0, 12)}`;
    if (!box.width) continue;
    if (Math.min(box.width, box.height) < 71.5) found.push(`${name}: ${Math.round(box.width)} by ${Math.round(box.height)}`);
    if (box.left < 0 || box.right > innerWidth + 1) found.push(`${name}: off the screen`);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!top || !(place.contains(top) || top.contains(place))) found.push(`${name}: covered by ${top && top.tagName} ${top && top.className}`);
  }
  scrollTo(0, 0);
  return found;
}

async function walk(page, size) {
  const look = async (name) => {
    // The first look is what a child sees; faults() scrolls.
    await page.waitFor(300);
    await page.screenshot({ path: join(PICTURES, `${name}-${size}.png`) });
    (await page.evaluate(faults)).forEach((fault) => wrongs.push(`${name} at ${size}: ${fault}`));
  };
  const press = async (what) => {
    await page.waitForSelector(what, { visible: true });
    await page.$eval(what, (place) => place.scrollIntoView({ block: "center" }));
    await page.click(what);
  };
  const home = () => page.goto(SCHOOL_URL);
  await home();
  await look("home");
  await press("[data-pinyin]");
  await look("home-pinyin-switched");
  await press("[data-pinyin]");
  await press("main .help-panel > summary");
  await look("help");
  await press("a.button.primary");
  await page.waitForSelector("button.kind");
  await look("to-whom");
  await press("button.kind[value=whisper]");
  await page.waitForSelector("#words");
  await look("write");
  await press(".send > details > summary");
  await look("write-readers");
  await press("[data-draw] [data-begin]");
  await look("draw");
  const paper = await (await page.$("[data-easel] canvas")).boundingBox();
  await page.mouse.move(paper.x + 30, paper.y + 30);
  await page.mouse.down();
  await page.mouse.move(paper.x + 120, paper.y + 90, { steps: 8 });
  await page.mouse.up();
  await press("[data-done]");
  await look("drawn");
  await press("[data-record] [data-begin]");
  await look("voice");
  await press("[data-begin-now]");
  await look("voice-without-microphone");
  await press("[data-screen=trouble] [data-leave]");
  await page.type("#words", "我想养一盆多肉");
  await press("[data-hide-now]");
  await look("covered");
  await press("[data-still-here]");
  await press(".send > .button.primary");
  await page.waitForSelector("figcaption");
  await look("sent");
  await home();
  await press("main a.button:not(.primary)");
  await page.waitForSelector(".picture-groups");
  await look("read");
  for (const [count, picture] of SCHOOL_CODE.split(" ").entries()) {
    const choice = `.picture-choice[value="${picture}"]`;
    await page.$eval(choice, (place) => place.closest("details").querySelector("summary").click());
    if (!count) await look("read-drawer");
    await press(choice);
    await page.waitForSelector(`.chosen li:nth-child(${count + 1}) svg`);
  }
  await look("read-six");
  await press("button[name=open]");
  await page.waitForSelector(".reply");
  await look("replies");
  await page.type("#words", "谢谢老师");
  await press("form .row > .button.primary");
  await page.waitForFunction(() => !document.querySelector("#words"));
  await look("written-back");
  await press("header .button.primary");
  await page.waitForSelector("[data-start-page]");
  const left = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  if (String(left) !== ",0,0") wrongs.push(`left behind: ${left}`);
}

mkdirSync(PICTURES, { recursive: true });
const browser = await puppeteer.launch({
  executablePath: join(OLD_CHROMIUM, "chromium"),
  args: FLAGS,
  env: { ...process.env, LD_LIBRARY_PATH: join(OLD_CHROMIUM, "lib") },
});
console.log(await browser.version());
try {
  for (const [width, height] of SIZES) {
    const page = await browser.newPage();
    await page.setViewport({ width, height, hasTouch: true });
    await page.setExtraHTTPHeaders({ "Accept-Language": "zh-CN" });
    await page.setCookie({ name: "__Host-kiosk", value: SCHOOL_COOKIE, url: SCHOOL_URL, secure: true, httpOnly: true, sameSite: "Strict", path: "/" });
    page.on("pageerror", (error) => wrongs.push(`script failed: ${error.message}`));
    page.on("console", (said) => { if (said.type() === "error") wrongs.push(`console: ${said.text()} ${said.location().url || ""}`); });
    await walk(page, `${width}x${height}`).catch(async (error) => {
      await page.screenshot({ path: join(PICTURES, "stopped.png") }).catch(() => {});
      wrongs.push(`stopped at ${width}x${height}: ${error.message}`);
    });
    await page.close().catch(() => {});
  }
} finally {
  await browser.close().catch(() => {});
}
wrongs.forEach((wrong) => console.error(wrong));
console.log(wrongs.length ? `${wrongs.length} wrongs` : "all pages work");
process.exitCode = wrongs.length ? 1 : 0;
