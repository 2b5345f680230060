// What is seen of the picture: zoom, place, and where the scene gives way to its classes.

const MOST_ZOOM = 16;

function makeView(view) {
  const width = Number(view.dataset.width), height = Number(view.dataset.height), metres = Number(view.dataset.metres);
  const divider = document.getElementById("divider"), bar = document.getElementById("scale");
  const state = { zoom: 1, least: 1, x: 0, y: 0, swipe: 50 };
  view.style.setProperty("--width", `${width}px`);
  view.style.setProperty("--height", `${height}px`);
  view.style.aspectRatio = `${width} / ${height}`;
  view.classList.toggle("alone", !divider);

  function show() {
    const across = width * state.zoom, down = height * state.zoom;
    state.x = across <= view.clientWidth ? (view.clientWidth - across) / 2 : Math.min(0, Math.max(view.clientWidth - across, state.x));
    state.y = down <= view.clientHeight ? (view.clientHeight - down) / 2 : Math.min(0, Math.max(view.clientHeight - down, state.y));
    view.style.setProperty("--zoom", state.zoom);
    view.style.setProperty("--x", `${state.x}px`);
    view.style.setProperty("--y", `${state.y}px`);
    view.style.setProperty("--swipe", `${state.swipe}%`);
    view.classList.toggle("zoomed", !whole());
    view.classList.toggle("close", state.zoom * window.devicePixelRatio > 1.5);
    showGrip();
    showScale();
  }

  // At the picture's edges the grip stays inside, where it can be held.
  function showGrip() {
    const line = state.swipe / 100 * view.clientWidth, least = Math.min(28, view.clientWidth / 2);
    view.style.setProperty("--inwards", `${Math.min(Math.max(line, least), view.clientWidth - least) - line}px`);
  }

  function showScale() {
    if (!metres) return;
    const most = 110 / (state.zoom * width) * metres;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((factor) => factor * power).find((one) => one <= most);
    bar.style.width = `${length / metres * width * state.zoom}px`;
    bar.textContent = length < 1 ? `${Math.round(length * 100)} cm` : length < 1000 ? `${length} m` : `${length / 1000} km`;
  }

  function whole() {
    return state.zoom <= state.least * 1.001;
  }

  function fit() {
    state.zoom = state.least;
    show();
  }

  function zoomBy(factor, x = view.clientWidth / 2, y = view.clientHeight / 2) {
    const zoom = Math.min(Math.max(state.zoom * factor, state.least), Math.max(MOST_ZOOM, state.least));
    state.x = x - (x - state.x) * zoom / state.zoom;
    state.y = y - (y - state.y) * zoom / state.zoom;
    state.zoom = zoom;
    show();
  }

  function moveBy(x, y) {
    state.x += x;
    state.y += y;
    show();
  }

  function swipeTo(percent) {
    if (!divider) return;
    state.swipe = Math.min(100, Math.max(0, percent));
    divider.setAttribute("aria-valuenow", Math.round(state.swipe));
    divider.setAttribute("aria-valuetext", `Scene ${Math.round(state.swipe)} %, classes ${Math.round(100 - state.swipe)} %`);
    view.style.setProperty("--swipe", `${state.swipe}%`);
    showGrip();
  }

  // The place in the picture, in its pixels, of a place in the window.
  function placeOf(clientX, clientY) {
    const box = view.getBoundingClientRect();
    return [Math.floor((clientX - box.left - state.x) / state.zoom), Math.floor((clientY - box.top - state.y) / state.zoom)];
  }

  new ResizeObserver(() => {
    const fitted = whole();
    state.least = Math.min(view.clientWidth / width, view.clientHeight / height);
    state.zoom = fitted ? state.least : Math.max(state.zoom, state.least);
    show();
  }).observe(view);
  state.zoom = state.least = Math.min(view.clientWidth / width, view.clientHeight / height);
  show();
  swipeTo(50);
  return { view, divider, state, whole, fit, zoomBy, moveBy, swipeTo, placeOf };
}
