// The kiosk's scripts. Every page works without them; each module owns one thing and is told of every page shown.
// A module exports start(root): it is called once a page, after loading and after show() has put another in its place.
import * as aloud from "./aloud.js";
import * as life from "./life.js";
import * as cookies from "./cookies.js";
import * as drawing from "./drawing.js";
import * as links from "./links.js";
import * as parts from "./parts.js";
import * as pictures from "./pictures.js";
import * as pinyin from "./pinyin.js";
import * as privacy from "./privacy.js";
import * as recording from "./recording.js";
import * as sending from "./sending.js";
import { onPage } from "./page.js";

for (const module of [pinyin, life, privacy, parts, drawing, recording, links, sending, cookies, pictures, aloud]) onPage(module.start);
