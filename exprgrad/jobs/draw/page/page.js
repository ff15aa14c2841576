"use strict";
(() => {
  const { nodes, edges, steps } = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const picture = by("picture"), world = by("world"), stage = by("stage"), card = by("card");
  const size = picture.viewBox.baseVal, width = size.width, height = size.height;
  picture.removeAttribute("viewBox"); // from here on, pan and zoom say what is seen
  const boxes = [...world.querySelectorAll("[data-node]")];
  const lines = [...world.querySelectorAll("[data-edge]")];

  // Pan and zoom. The transform is an attribute, so that text is drawn sharp at every scale.
  const sized = () => stage.clientWidth > 0 && stage.clientHeight > 0;
  function fitted() { // a stage without a size has no scale: ask `sized` first
    const { clientWidth, clientHeight } = stage;
    const scale = Math.min(clientWidth / width, clientHeight / height, 1.4);
    return { scale, x: (clientWidth / scale - width) / 2, y: (clientHeight / scale - height) / 2 };
  }
  function around(index, scale) {
    const { x, y, width: w, height: h } = boxes[index].querySelector("rect").getBBox();
    return { scale, x: stage.clientWidth / scale / 2 - x - w / 2, y: stage.clientHeight / scale / 2 - y - h / 2 };
  }
  function first() { // of what is too large to be read as a whole, the result is shown first
    const whole = fitted(), result = boxes.findIndex((box) => box.classList.contains("result"));
    return whole.scale < 0.3 ? around(result, 0.8) : whole;
  }
  const start = sized() ? first() : { scale: 1, x: 0, y: 0 };
  const panzoom = Panzoom(world, {
    canvas: true, minScale: 0.005, maxScale: 8, origin: "0 0", cursor: "grab", animate: false,
    startScale: start.scale, startX: start.x, startY: start.y,
    setTransform: (_, { scale, x, y }) => world.setAttribute("transform", `scale(${scale}) translate(${x} ${y})`),
  });
  function look({ scale, x, y }) {
    panzoom.zoom(scale, { force: true });
    panzoom.pan(x, y, { force: true });
  }
  function fit() {
    if (sized()) look(fitted());
  }
  const waiting = new ResizeObserver(() => { // for a size, if there is none yet
    if (!sized()) return;
    waiting.disconnect();
    look(first());
  });
  if (!sized()) setTimeout(() => waiting.observe(stage)); // after Panzoom's own timer, which goes to the start
  function zoom(factor, left = stage.clientWidth / 2, top = stage.clientHeight / 2) {
    const before = panzoom.getScale(), { x, y } = panzoom.getPan();
    const after = Math.min(Math.max(before * factor, 0.005), 8), change = 1 / after - 1 / before;
    panzoom.zoom(after);
    panzoom.pan(x + left * change, y + top * change);
  }
  function follow(index) {
    if (!sized()) return;
    const box = boxes[index].getBoundingClientRect(), place = stage.getBoundingClientRect();
    const seen = box.left >= place.left && box.right <= place.right && box.top >= place.top && box.bottom <= place.bottom;
    if (seen) return;
    const { x, y } = around(index, panzoom.getScale());
    panzoom.pan(x, y, { force: true });
  }
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const place = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - place.left, event.clientY - place.top);
  }, { passive: false });

  // What is known of a node, while it is pointed at, touched or focused.
  function line(text) {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    card.append(paragraph);
  }
  function tell(index) {
    const node = nodes[index];
    card.replaceChildren();
    line(node.operation && node.operation !== node.name ? `${node.name} = ${node.operation}` : node.name);
    if (node.note) line(node.note);
    if (node.value !== null) line(`value ${node.value}`);
    if (node.adjoint !== null) line(`adjoint ${node.slope} = ${node.adjoint}`);
    for (const edge of edges) if (edge.node === index && edge.partial) line(`partial ${edge.partial}`);
    card.hidden = false;
  }
  boxes.forEach((box, index) => {
    box.addEventListener("pointerenter", () => tell(index));
    box.addEventListener("focus", () => tell(index));
    box.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") card.hidden = true; });
    box.addEventListener("blur", () => { card.hidden = true; });
  });
  stage.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("[data-node]")) card.hidden = true;
  });

  // The steps. At the start, and without any, the drawing shows the numbers as they are in the end.
  const written = boxes.map((box) => ({
    value: box.querySelector(".value"), adjoint: box.querySelector(".adjoint"),
  }));
  let at = steps.length - 1, timer = null;
  function show() {
    const values = new Map(), adjoints = new Map();
    for (const step of steps.slice(0, at + 1)) (step.backward ? adjoints : values).set(step.node, step.short);
    const begun = steps.length && steps[at].backward;
    boxes.forEach((box, index) => {
      const { value, adjoint } = written[index], node = nodes[index];
      if (value) value.textContent = values.get(index) ?? "·";
      if (adjoint) adjoint.textContent = begun ? `${node.slope} = ${adjoints.get(index) ?? "0"}` : "";
      box.classList.toggle("waiting", value !== null && !values.has(index));
      box.classList.remove("active", "back");
    });
    for (const edge of lines) edge.classList.remove("active");
    const step = steps[at];
    boxes[step.node].classList.add("active");
    boxes[step.node].classList.toggle("back", step.backward);
    if (step.edge !== null) lines[step.edge].classList.add("active");
    by("count").textContent = `${at + 1} of ${steps.length}, ${step.backward ? "backward" : "forward"}:`;
    by("text").textContent = step.text;
    by("rule").textContent = step.edge === null ? "" : edges[step.edge].partial;
    by("note").textContent = step.note;
  }
  function go(index) {
    at = Math.min(Math.max(index, 0), steps.length - 1);
    show();
    follow(steps[at].node);
  }
  function pause() {
    clearInterval(timer);
    timer = null;
    by("play").textContent = "Play";
  }
  function play() {
    if (timer !== null) return pause();
    if (at === steps.length - 1) go(0);
    by("play").textContent = "Pause";
    timer = setInterval(() => { at === steps.length - 1 ? pause() : go(at + 1); }, 1000);
  }
  const moves = {
    first: () => { pause(); go(0); }, back: () => { pause(); go(at - 1); }, play,
    next: () => { pause(); go(at + 1); }, last: () => { pause(); go(steps.length - 1); },
  };
  const views = { smaller: () => zoom(0.8), larger: () => zoom(1.25), fit };
  for (const [id, act] of Object.entries({ ...(steps.length ? moves : {}), ...views })) by(id).addEventListener("click", act);
  const keys = { "+": "larger", "=": "larger", "-": "smaller", 0: "fit" };
  const stepping = { Home: "first", ArrowLeft: "back", " ": "play", ArrowRight: "next", End: "last" };
  document.addEventListener("keydown", (event) => {
    const id = keys[event.key] ?? (steps.length ? stepping[event.key] : undefined);
    if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target instanceof HTMLButtonElement) return; // it presses the button
    event.preventDefault();
    by(id).click();
  });
  window.addEventListener("resize", fit);
  if (steps.length) show();
})();
