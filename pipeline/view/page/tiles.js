// One layer of tiles; those of another zoom stay beneath until the new ones are there.

import { TILE, clamp } from "./mercator.js";

export function makeLayer(parent, { finer = 0 } = {}) {
  const pane = parent.appendChild(document.createElement("div"));
  const tiles = new Map();
  let template = null, most = 0;
  pane.className = "pane";

  function use(address, last) {
    if (address === template) return;
    template = address;
    most = last;
    tiles.forEach((tile) => tile.image.remove());
    tiles.clear();
  }

  function ask(level, column, row) {
    const count = 2 ** level, image = document.createElement("img");
    const values = { z: level, x: ((column % count) + count) % count, y: row };
    const tile = { level, column, row, image, done: false };
    image.alt = "";
    image.draggable = false;
    image.addEventListener("load", () => { image.classList.add("there"); settle(tile); });
    image.addEventListener("error", () => settle(tile));
    image.src = template.replace(/\{([xyz])\}/g, (_, name) => values[name]);
    pane.append(image);
    return tile;
  }

  function settle(tile) {
    tile.done = true;
    sweep();
  }

  // Tiles of other zooms go when nothing shows through any more.
  function sweep() {
    const waiting = [...tiles.values()].some((tile) => tile.wanted && !tile.done);
    pane.dataset.waiting = waiting ? "yes" : "no";
    if (waiting) return;
    for (const [key, tile] of tiles) {
      if (tile.wanted) continue;
      tile.image.remove();
      tiles.delete(key);
    }
  }

  // The part of the world that the view shows; x and y are of its middle.
  function show({ x, y, zoom, width, height }) {
    pane.hidden = template === null;
    if (template === null) return;
    const level = clamp(Math.round(zoom + finer), 0, most), size = TILE * 2 ** zoom;
    const left = x * size - width / 2, top = y * size - height / 2, side = size / 2 ** level;
    tiles.forEach((tile) => { tile.wanted = false; });
    for (let row = Math.max(Math.floor(top / side), 0); row < Math.min((top + height) / side, 2 ** level); row++) {
      for (let column = Math.floor(left / side); column < (left + width) / side; column++) {
        const key = `${level}/${column}/${row}`;
        if (!tiles.has(key)) tiles.set(key, ask(level, column, row));
        tiles.get(key).wanted = true;
      }
    }
    for (const [key, tile] of tiles) {
      if (!tile.wanted && (tile.level === level || !tile.done)) {
        tile.image.remove();
        tiles.delete(key);
        continue;
      }
      // Edges are rounded, not sizes, so that there is neither gap nor overlap between neighbours.
      const across = size / 2 ** tile.level, style = tile.image.style;
      const [l, r] = [tile.column, tile.column + 1].map((edge) => Math.round(edge * across - left));
      const [t, b] = [tile.row, tile.row + 1].map((edge) => Math.round(edge * across - top));
      Object.assign(style, { left: `${l}px`, top: `${t}px`, width: `${r - l}px`, height: `${b - t}px` });
      tile.image.classList.toggle("old", !tile.wanted);
    }
    sweep();
  }

  return { pane, use, show };
}
