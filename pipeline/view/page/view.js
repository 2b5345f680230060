// What is seen: the middle in the world, and the zoom, of which each step doubles the size.

import { TILE, clamp, metresOf, worldOf } from "./mercator.js";

// Zooms that the scene may be seen from, farther than whole.
const BEYOND = 3;

export function makeView(element, layers) {
  const [west, south, east, north] = element.dataset.bounds.split(" ").map(Number), most = Number(element.dataset.most);
  const bar = document.getElementById("scale");
  const [left, top] = worldOf(west, north);
  // Across the antimeridian east is a turn further.
  const [right, bottom] = worldOf(east < west ? east + 360 : east, south);
  const state = { x: (left + right) / 2, y: (top + bottom) / 2, zoom: 0, width: 0, height: 0 };

  function whole() {
    const across = Math.log2(state.width / TILE / (right - left)), down = Math.log2(state.height / TILE / (bottom - top));
    return clamp(Math.min(across, down) - 0.1, 0, most);
  }

  function show() {
    if (!state.width || !state.height) return;
    state.zoom = clamp(state.zoom, Math.max(whole() - BEYOND, 0), most);
    state.x = clamp(state.x, left, right);
    state.y = clamp(state.y, top, bottom);
    element.dataset.zoom = state.zoom.toFixed(3);
    layers.forEach((layer) => layer.show(state));
    showScale();
  }

  function showScale() {
    const metres = metresOf(state.y, state.zoom), power = 10 ** Math.floor(Math.log10(110 * metres));
    const length = [5, 2, 1].map((factor) => factor * power).find((one) => one <= 110 * metres);
    bar.style.width = `${length / metres}px`;
    bar.textContent = length < 1 ? `${Math.round(length * 100)} cm` : length < 1000 ? `${length} m` : `${length / 1000} km`;
  }

  function fit() {
    Object.assign(state, { x: (left + right) / 2, y: (top + bottom) / 2, zoom: whole() });
    show();
  }

  // The place under a point of the view stays there.
  function zoomBy(steps, px = state.width / 2, py = state.height / 2) {
    const before = TILE * 2 ** state.zoom;
    state.zoom = clamp(state.zoom + steps, Math.max(whole() - BEYOND, 0), most);
    const after = TILE * 2 ** state.zoom;
    state.x += (px - state.width / 2) * (1 / before - 1 / after);
    state.y += (py - state.height / 2) * (1 / before - 1 / after);
    show();
  }

  function moveBy(px, py) {
    const size = TILE * 2 ** state.zoom;
    state.x -= px / size;
    state.y -= py / size;
    show();
  }

  new ResizeObserver(() => {
    const first = !state.width;
    state.width = element.clientWidth;
    state.height = element.clientHeight;
    if (first) fit(); else show();
  }).observe(element);
  return { element, show, fit, zoomBy, moveBy };
}
