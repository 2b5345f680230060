// Pointers, wheel and keys on the picture.

function listen(map) {
  const { view, divider } = map;
  listenToPointers(map);
  listenToWheel(map);
  view.tabIndex = 0;
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", "Picture: arrow keys move it, plus and minus zoom, 0 shows all of it");
  const glide = (act) => {
    view.classList.add("gliding");
    act();
    setTimeout(() => view.classList.remove("gliding"), 200);
  };
  for (const [id, act] of [["nearer", () => map.zoomBy(1.6)], ["farther", () => map.zoomBy(1 / 1.6)], ["whole", map.fit]]) {
    document.getElementById(id).addEventListener("click", () => glide(act));
  }
  const keys = {
    ArrowLeft: () => map.moveBy(80, 0), ArrowRight: () => map.moveBy(-80, 0),
    ArrowUp: () => map.moveBy(0, 80), ArrowDown: () => map.moveBy(0, -80),
    "+": () => map.zoomBy(1.6), "=": () => map.zoomBy(1.6), "-": () => map.zoomBy(1 / 1.6), 0: map.fit,
  };
  view.addEventListener("keydown", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    // At its smallest the picture does not move: arrows scroll the page then, as anywhere.
    const still = event.target !== view || map.whole();
    if (!plain || !keys[event.key] || (event.key.startsWith("Arrow") && still)) return;
    event.preventDefault();
    glide(keys[event.key]);
  });
  if (!divider) return;
  const steps = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };
  divider.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    map.swipeTo(map.state.swipe + steps[event.key]);
  });
}

function listenToPointers(map) {
  const { view, divider } = map, pointers = new Map();
  let swiping = false;

  const middle = () => {
    const all = [...pointers.values()], box = view.getBoundingClientRect();
    const x = all.reduce((sum, one) => sum + one.x, 0) / all.length - box.left;
    const y = all.reduce((sum, one) => sum + one.y, 0) / all.length - box.top;
    return { x, y, apart: all.length > 1 ? Math.hypot(all[0].x - all[1].x, all[0].y - all[1].y) : 0 };
  };

  view.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    view.setPointerCapture(event.pointerId);
    // The whole picture cannot be moved; a drag on it moves the line.
    swiping = pointers.size === 1 && Boolean(divider) && (divider.contains(event.target) || map.whole());
    view.classList.add("moving");
  });
  view.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = middle();
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = middle();
    if (pointers.size === 1 && swiping) {
      map.swipeTo(map.state.swipe + (after.x - before.x) / view.clientWidth * 100);
      return;
    }
    if (before.apart && after.apart) map.zoomBy(after.apart / before.apart, after.x, after.y);
    map.moveBy(after.x - before.x, after.y - before.y);
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    view.classList.toggle("moving", pointers.size > 0);
    swiping = swiping && pointers.size > 0;
  };
  view.addEventListener("pointerup", lift);
  view.addEventListener("pointercancel", lift);
  view.addEventListener("dblclick", (event) => {
    const box = view.getBoundingClientRect();
    map.zoomBy(2, event.clientX - box.left, event.clientY - box.top);
  });
}

function listenToWheel(map) {
  let scrolled = -Infinity;
  addEventListener("scroll", () => { scrolled = performance.now(); }, { passive: true });
  // A pointer that moves by itself, and not with the page beneath it, is back on the picture.
  map.view.addEventListener("pointermove", (event) => { if (event.movementX || event.movementY) scrolled = -Infinity; });
  map.view.addEventListener("wheel", (event) => {
    // Whoever scrolls the page past the picture means the page, and so does whoever zooms out of the whole of it.
    const passing = !event.ctrlKey && performance.now() - scrolled < 400;
    if (passing || (map.whole() && event.deltaY > 0 && !event.ctrlKey)) return;
    event.preventDefault();
    const box = map.view.getBoundingClientRect(), lines = event.deltaMode === 1 ? 16 : 1;
    map.zoomBy(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
}
