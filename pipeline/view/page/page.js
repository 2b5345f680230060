// The layers, from the bottom up, and what is chosen of them.

import { listen } from "./input.js";
import { makeLayer } from "./tiles.js";
import { makeView } from "./view.js";

// Servers of maps rarely have tiles beyond.
const LAST_OF_BASE = 19;

const element = document.getElementById("map"), most = Number(element.dataset.most);
const here = new URL(".", location.href).href;
const addressOf = (name) => `${here}tiles/${name}/{z}/{x}/{y}.png`;
const screen = Math.max(Math.log2(devicePixelRatio), 0);
const base = makeLayer(element), scene = makeLayer(element, { finer: screen }), top = makeLayer(element, { finer: screen });
const view = makeView(element, [base, scene, top]);

const [beneath, below, opacity, percent] = ["beneath", "base", "opacity", "percent"].map((id) => document.getElementById(id));
const chosen = () => document.querySelector("input[name=layer]:checked").value;

function choose() {
  const name = chosen();
  base.use(below?.checked ? element.dataset.base : null, LAST_OF_BASE);
  scene.use(beneath?.checked && name !== "scene" ? addressOf("scene") : null, most);
  top.use(addressOf(name), most);
  // The scene is not laid beneath itself.
  if (beneath) beneath.disabled = name === "scene";
  document.querySelectorAll(".legend").forEach((legend) => { legend.hidden = legend.dataset.layer !== name; });
  view.show();
}

function fade() {
  top.pane.style.opacity = opacity.value / 100;
  percent.textContent = `${opacity.value} %`;
  opacity.setAttribute("aria-valuetext", percent.textContent);
}

document.querySelectorAll("input[name=layer], #beneath, #base").forEach((input) => input.addEventListener("change", choose));
opacity.addEventListener("input", fade);
document.querySelectorAll("[data-address]").forEach((code) => { code.textContent = `${here}${code.dataset.address}{z}/{x}/{y}.png`; });
listen(view);
fade();
choose();
