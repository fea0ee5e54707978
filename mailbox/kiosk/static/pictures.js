// Choosing six pictures without asking the mailbox at each tap, and finding one by its word or its 拼音.
// The words stand in the page once, on the buttons. What is chosen stands in the form's hidden fields and nowhere else.
const MOST_FOUND = 12;

// What children of any region may type for one sound, without tones: as picture_words.py reads a whole code.
export function heard(text) {
  return text.normalize("NFKD").toLowerCase().replace(/ɑ/g, "a").replace(/ɡ/g, "g").replace(/v/g, "u")
    .replace(/[^a-z\u3400-\u9fff]/g, "")
    .replace(/([zcs])h/g, "$1").replace(/ng(?![aeiou])/g, "n").replace(/l/g, "n");
}

// Whether what was typed, characters or 拼音 or first a character and then 拼音, may mean this button.
function means(button, typed) {
  const word = button.textContent.trim();
  const said = heard(button.dataset.said);
  const signs = (/^[\u3400-\u9fff]+/.exec(typed) || [""])[0];
  const rest = typed.slice(signs.length);
  if (!signs) return said.includes(rest);
  if (!rest) return word.includes(signs);
  return word.startsWith(signs) && said.includes(rest);
}

export function start(root) {
  const form = root.querySelector("form[data-pictures]");
  if (form) choosing(root, form);
  // A page with a code may be printed; a tablet without JavaScript has the browser's own way.
  root.querySelectorAll("[data-can-print]").forEach((place) => {
    place.hidden = false;
    place.querySelector("[data-print]").addEventListener("click", () => print());
  });
}

function choosing(root, form) {
  const find = (what) => form.querySelector(what);
  const places = Number(form.dataset.places);
  const row = find(".chosen");
  const buttons = [...form.querySelectorAll(".picture-groups .picture-choice")];
  const [field, found, none, groups] = ["input.typed", "[data-found]:not(p)", "[data-found-none]", ".picture-groups"].map(find);
  const chosen = () => [...form.querySelectorAll("input[type=hidden][name=picture]")];
  const status = find("[data-chosen-now]");
  const say = (name, n, word) => { status.textContent = status.dataset[name].replace("{n}", n).replace("{word}", word || ""); };

  function follow() {
    const count = chosen().length;
    find("[name=open]").hidden = find("[name=again]").hidden = count < places;
    find("[name=undo]").hidden = count === 0;
    find(".choices").hidden = count === places;
    const taken = chosen().map((one) => one.value);
    buttons.forEach((button) => { button.disabled = taken.includes(button.value); });
    // Sentences about the tap before, and typing, which belongs to an empty row.
    root.querySelectorAll("[data-about-code]").forEach((place) => { place.hidden = true; });
    root.querySelectorAll("[data-typing]").forEach((place) => { place.hidden = count > 0; });
  }

  function choose(button) {
    const count = chosen().length;
    if (count >= places || chosen().some((one) => one.value === button.value)) return;
    const picture = document.createElement("input");
    Object.assign(picture, { type: "hidden", name: "picture", value: button.value });
    form.append(picture);
    const place = row.children[count];
    button.childNodes.forEach((node) => place.append(node.cloneNode(true)));
    const drawer = button.closest("details");
    const searched = !drawer;
    form.querySelectorAll("details[open]").forEach((open) => { open.open = false; });
    clearFound();
    follow();
    say("chose", count + 1, button.textContent.trim());
    if (count + 1 === places) find("[name=open]").focus();
    else if (searched) field.focus();
    else drawer.querySelector("summary").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function undo() {
    const last = chosen().pop();
    if (!last) return;
    last.remove();
    const count = chosen().length;
    row.children[count].textContent = "";
    follow();
    say("took", count + 1);
    (count ? find("[name=undo]") : find("summary")).focus({ preventScroll: true });
  }

  function again() {
    chosen().forEach((one) => one.remove());
    [...row.children].forEach((place) => { place.textContent = ""; });
    follow();
    find("summary").focus({ preventScroll: true });
  }

  function clearFound() {
    field.value = "";
    found.textContent = "";
    found.hidden = none.hidden = true;
    groups.hidden = false;
  }

  function look() {
    const typed = heard(field.value);
    if (!typed) { const kept = field.value; clearFound(); field.value = kept; return; }
    const all = buttons.filter((button) => !button.disabled && means(button, typed));
    // Words that begin so come first.
    const begins = (button) => (button.textContent.trim() + heard(button.dataset.said)).startsWith(typed) || heard(button.dataset.said).startsWith(typed);
    all.sort((one, other) => begins(other) - begins(one));
    found.textContent = "";
    all.slice(0, MOST_FOUND).forEach((button) => found.append(button.cloneNode(true)));
    found.hidden = all.length === 0;
    none.hidden = all.length > 0;
    groups.hidden = all.length > 0;
    say("found", all.length);
  }

  function step(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };
    const here = event.target.closest(".picture-choice");
    if (!here || !(event.key in steps)) return;
    const line = [...here.parentNode.children].filter((one) => !one.disabled);
    const from = line.indexOf(here);
    const isAcross = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const beside = (one) => isAcross || Math.abs(one.offsetLeft - here.offsetLeft) < here.offsetWidth / 2 && one !== here;
    const way = steps[event.key] < 0 ? line.slice(0, from).reverse() : line.slice(from + 1);
    const next = way.find(beside);
    event.preventDefault();
    if (next) next.focus();
  }

  find(".finding").hidden = false;
  field.addEventListener("input", look);
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.target !== field) { step(event); return; }
    // Enter in a field would press the form's first button.
    if (event.key === "Enter") {
      event.preventDefault();
      if (found.children.length === 1) choose(found.firstElementChild);
      else if (found.children.length) found.firstElementChild.focus();
    } else if (event.key === "Escape") clearFound();
    else if (event.key === "ArrowDown" && found.children.length) { event.preventDefault(); found.firstElementChild.focus(); }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !["picture", "undo", "again"].includes(button.name)) return;
    event.preventDefault();
    ({ picture: choose, undo, again })[button.name](button);
  });
}

// The next child finds no place filled, however this page comes back.
const empty = () => {
  document.querySelectorAll("form[data-pictures] input[type=hidden][name=picture]").forEach((one) => one.remove());
  document.querySelectorAll(".chosen > li").forEach((place) => { place.textContent = ""; });
};
addEventListener("pagehide", empty);
document.addEventListener("wiped", empty);
