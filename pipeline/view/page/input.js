// Pointers, wheel, keys and buttons on the map.

export function listen(view) {
  const { element } = view;
  const keys = {
    ArrowLeft: () => view.moveBy(80, 0), ArrowRight: () => view.moveBy(-80, 0),
    ArrowUp: () => view.moveBy(0, 80), ArrowDown: () => view.moveBy(0, -80),
    "+": () => view.zoomBy(1), "=": () => view.zoomBy(1), "-": () => view.zoomBy(-1), 0: view.fit,
  };
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const [id, act] of [["nearer", keys["+"]], ["farther", keys["-"]], ["whole", view.fit]]) {
    document.getElementById(id).addEventListener("click", act);
  }
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = element.getBoundingClientRect(), lines = event.deltaMode === 1 ? 16 : 1;
    view.zoomBy(-event.deltaY * lines * (event.ctrlKey ? 0.015 : 0.003), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  element.addEventListener("dblclick", (event) => {
    const box = element.getBoundingClientRect();
    view.zoomBy(1, event.clientX - box.left, event.clientY - box.top);
  });
  listenToPointers(view);
}

function listenToPointers({ element, moveBy, zoomBy }) {
  const pointers = new Map();

  const middle = () => {
    const all = [...pointers.values()], box = element.getBoundingClientRect();
    const x = all.reduce((sum, one) => sum + one.x, 0) / all.length - box.left;
    const y = all.reduce((sum, one) => sum + one.y, 0) / all.length - box.top;
    return { x, y, apart: all.length > 1 ? Math.hypot(all[0].x - all[1].x, all[0].y - all[1].y) : 0 };
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.setPointerCapture(event.pointerId);
    element.classList.add("moving");
  });
  element.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = middle();
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = middle();
    if (before.apart && after.apart) zoomBy(Math.log2(after.apart / before.apart), after.x, after.y);
    moveBy(after.x - before.x, after.y - before.y);
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    element.classList.toggle("moving", pointers.size > 0);
  };
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);
}
