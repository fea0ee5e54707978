// The kiosk's scripts. Every page works without them; each module owns one thing and is told of every page shown.
// A module exports start(root): it is called once a page, after loading and after show() has put another in its place.
import * as privacy from "./privacy.js";
import * as sending from "./sending.js";
import { onPage } from "./page.js";

for (const module of [privacy, sending]) onPage(module.start);
