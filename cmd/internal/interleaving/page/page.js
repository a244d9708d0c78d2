"use strict";
(() => {
	const run = JSON.parse(document.getElementById("run").textContent);
	const { lanes, rows, labels, sites, files, words } = run;
	if (rows.length === 0) return;
	const byId = (id) => document.getElementById(id);
	const svgNS = "http://www.w3.org/2000/svg";

	// Text from the run only ever becomes text nodes and attributes.
	const element = (name, className, text) => {
		const e = document.createElement(name);
		if (className) e.className = className;
		if (text !== undefined) e.textContent = text;
		return e;
	};
	const svg = (name, attributes) => {
		const e = document.createElementNS(svgNS, name);
		for (const k in attributes) e.setAttribute(k, attributes[k]);
		return e;
	};
	const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, k) => values[k]);
	const objectName = (o) => run.objects[o] || "#" + o;
	const sentence = (r) => {
		const lane = lanes[r.g], site = r.s >= 0 ? " (" + sites[r.s].p + ")" : "";
		return lane.id + " " + lane.short + ": " + labels[r.t] + (r.r ? " [" + fill(words.race, { n: r.r }) + "]" : "") + site;
	};

	// --- what is true after each row

	const beginning = () => ({
		at: -1,
		states: lanes.map((l) => (l.early ? "runnable" : "none")),
		waits: lanes.map(() => 0),
		holds: lanes.map(() => []),
		values: new Map(),
	});
	const apply = (state, r) => {
		for (const c of r.c || []) {
			switch (c[0]) {
			case "s":
				state.states[c[1]] = c[2];
				state.waits[c[1]] = c[2] === "blocked" ? c[3] : 0;
				break;
			case "h":
				state.holds[c[1]].push(c[2]);
				break;
			case "u": {
				const i = state.holds[c[1]].indexOf(c[2]);
				if (i >= 0) state.holds[c[1]].splice(i, 1);
				break;
			}
			case "v":
				state.values.set(c[1], { value: c[2], by: r.g });
			}
		}
	};
	let state = beginning();
	const advance = (to) => {
		if (to < state.at) state = beginning();
		while (state.at < to) apply(state, rows[++state.at]);
	};
	const holders = (object) => {
		const found = [];
		if (object) state.holds.forEach((held, g) => { if (held.includes(object)) found.push(g); });
		return found;
	};

	// Spans of rows in which a lane could go on, or waits.
	const spans = lanes.map((l) => (l.early ? [{ from: 0, to: rows.length, kind: "runnable" }] : []));
	rows.forEach((r, i) => {
		for (const c of r.c || []) {
			if (c[0] !== "s") continue;
			const list = spans[c[1]], last = list[list.length - 1];
			if (last && last.to > i) last.to = i;
			if (c[2] !== "done") list.push({ from: i, to: rows.length, kind: c[2] });
		}
	});

	// --- the timeline: rows in chunks, of which only those near the window exist

	const rowHeight = 28, chunkSize = 100;
	const scroller = byId("scroller"), heads = byId("heads"), list = byId("rows");
	let laneWidth = 0, gutter = 0, total = 0;
	const chunks = new Map();
	const x = (g) => gutter + g * laneWidth + 14;
	const y = (i) => i * rowHeight + rowHeight / 2;

	const layout = () => {
		const width = scroller.clientWidth;
		const narrow = width < 520;
		gutter = narrow ? 44 : 150;
		const spare = narrow ? 40 : 60; // for words in the last lane
		laneWidth = Math.max(narrow ? 96 : 120, Math.floor((width - gutter - spare) / lanes.length));
		total = Math.max(width, gutter + lanes.length * laneWidth + spare);
		list.style.height = rows.length * rowHeight + "px";
		list.style.width = heads.style.width = total + "px";
		heads.replaceChildren(...lanes.map((l, g) => {
			const head = element("div");
			head.append(element("b", "", l.id), element("span", "", l.name));
			head.title = l.id + " " + l.name;
			head.style.left = x(g) - 8 + "px";
			head.style.width = laneWidth - 4 + "px";
			return head;
		}));
		for (const chunk of chunks.values()) chunk.remove();
		chunks.clear();
		show();
	};

	const show = () => {
		const from = Math.floor((scroller.scrollTop - 400) / rowHeight / chunkSize);
		const to = Math.floor((scroller.scrollTop + scroller.clientHeight + 400) / rowHeight / chunkSize);
		for (const [k, chunk] of chunks) {
			if (k < from || k > to) { chunk.remove(); chunks.delete(k); }
		}
		for (let k = Math.max(0, from); k <= to && k * chunkSize < rows.length; k++) {
			if (!chunks.has(k)) { const c = makeChunk(k); chunks.set(k, c); list.append(c); }
		}
	};

	const makeChunk = (k) => {
		const from = k * chunkSize, to = Math.min(rows.length, from + chunkSize);
		const chunk = element("div", "chunk");
		chunk.setAttribute("role", "presentation");
		chunk.style.top = from * rowHeight + "px";
		chunk.style.height = (to - from) * rowHeight + "px";
		for (let i = from; i < to; i++) chunk.append(makeRow(i, from));
		const picture = svg("svg", { width: total, height: (to - from) * rowHeight, "aria-hidden": "true", focusable: "false" });
		picture.append(hatch("hatch" + k));
		lanes.forEach((_, g) => drawLane(picture, g, from, to, "hatch" + k));
		for (let i = from; i < to; i++) drawStep(picture, i, from);
		chunk.append(picture);
		return chunk;
	};

	const makeRow = (i, from) => {
		const r = rows[i];
		const e = element("div", "row" + (r.r ? " race" : r.b ? " wait" : ""));
		e.id = "row" + i;
		e.dataset.row = i;
		e.setAttribute("role", "option");
		e.setAttribute("aria-posinset", i + 1);
		e.setAttribute("aria-setsize", rows.length);
		e.setAttribute("aria-selected", i === current);
		e.setAttribute("aria-label", sentence(r));
		e.style.top = (i - from) * rowHeight + "px";
		const place = r.s >= 0 ? sites[r.s].p : "";
		const margin = element("span", "gutter", (i === current ? "▸" : "") + r.n + (gutter > 60 && place ? "  " + place : ""));
		margin.style.width = gutter - 6 + "px";
		const label = element("span", "label", labels[r.t] + (r.r ? " [" + fill(words.race, { n: r.r }) + "]" : ""));
		label.title = label.textContent;
		label.style.left = x(r.g) + 11 + "px";
		label.style.maxWidth = Math.max(laneWidth - 26, Math.min(laneWidth * 2, total - x(r.g) - 16)) + "px";
		e.append(margin, label);
		return e;
	};

	const hatch = (id) => {
		const defs = svg("defs", {});
		const pattern = svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
		pattern.append(svg("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch-line" }));
		defs.append(pattern);
		return defs;
	};

	const drawLane = (picture, g, from, to, pattern) => {
		for (const s of spans[g]) {
			if (s.to < from || s.from >= to) continue;
			const top = Math.max(0, y(s.from - from) + (s.kind === "blocked" ? 8 : 0)), bottom = Math.min((to - from) * rowHeight, s.to >= rows.length ? (rows.length - from) * rowHeight : y(s.to - from));
			if (s.kind === "blocked") {
				picture.append(svg("rect", { x: x(g) - 5, y: top, width: 10, height: Math.max(0, bottom - top), fill: "url(#" + pattern + ")", class: "hatched" }));
			} else {
				picture.append(svg("line", { x1: x(g), y1: top, x2: x(g), y2: bottom, class: "lane" }));
			}
		}
	};

	const drawStep = (picture, i, from) => {
		const r = rows[i], cx = x(r.g), cy = y(i - from);
		if (r.w && i > from) {
			const before = x(rows[i - 1].g), middle = cy - rowHeight / 2;
			picture.append(svg("path", { d: `M${before} ${cy - rowHeight}V${middle}H${cx}V${cy}`, class: "switch" }));
		}
		if (r.to !== undefined && r.to !== r.g) {
			const end = x(r.to), side = end > cx ? -1 : 1, low = cy + 11;
			picture.append(svg("path", { d: `M${cx} ${cy}V${low}H${end + side * 10}`, class: "arrow" }));
			picture.append(svg("path", { d: `M${end + side * 3} ${low}l${side * 8} -4.5v9z`, class: "arrowhead" }));
		}
		picture.append(mark(r.r ? "race" : r.b ? "wait" : r.k, cx, cy));
	};

	// Marks differ in shape, so that they are told apart without colour.
	const mark = (kind, cx, cy) => {
		switch (kind) {
		case "lock":
			return svg("rect", { x: cx - 6, y: cy - 6, width: 12, height: 12, class: "mark full" });
		case "unlock":
			return svg("rect", { x: cx - 6, y: cy - 6, width: 12, height: 12, class: "mark" });
		case "send":
			return svg("path", { d: `M${cx - 6} ${cy - 7}L${cx + 7} ${cy}L${cx - 6} ${cy + 7}Z`, class: "mark accent full" });
		case "recv":
			return svg("path", { d: `M${cx + 6} ${cy - 7}L${cx - 7} ${cy}L${cx + 6} ${cy + 7}Z`, class: "mark accent" });
		case "access":
			return svg("path", { d: `M${cx} ${cy - 8}L${cx + 8} ${cy}L${cx} ${cy + 8}L${cx - 8} ${cy}Z`, class: "mark" });
		case "race":
			return svg("path", { d: `M${cx - 7} ${cy - 7}L${cx + 7} ${cy + 7}M${cx + 7} ${cy - 7}L${cx - 7} ${cy + 7}M${cx} ${cy - 9}L${cx + 9} ${cy}L${cx} ${cy + 9}L${cx - 9} ${cy}Z`, class: "mark race" });
		case "wait":
			return svg("path", { d: `M${cx - 7} ${cy - 7}H${cx + 7}L${cx - 7} ${cy + 7}H${cx + 7}Z`, class: "mark wait" });
		case "end":
			return svg("path", { d: `M${cx - 7} ${cy}H${cx + 7}`, class: "mark" });
		}
		return svg("circle", { cx, cy, r: 5, class: "mark" });
	};

	const legend = () => {
		for (const [kind, word] of words.marks) {
			const item = element("span");
			const picture = svg("svg", { width: 22, height: 20, "aria-hidden": "true" });
			if (kind === "arrow") {
				picture.append(svg("path", { d: "M2 10H13", class: "arrow" }), svg("path", { d: "M20 10l-8 -4.5v9z", class: "arrowhead" }));
			} else if (kind === "hatched") {
				picture.append(hatch("hatch-legend"), svg("rect", { x: 6, y: 1, width: 10, height: 18, fill: "url(#hatch-legend)", class: "hatched" }));
			} else {
				picture.append(mark(kind, 11, 10));
			}
			item.append(picture, element("span", "", word));
			byId("legend").append(item);
		}
	};

	// --- the panel

	// Where a row has no place, as a goroutine's end, the source is that of the
	// goroutine's row before.
	const siteOf = (i) => {
		const g = rows[i].g;
		while (i >= 0 && (rows[i].g !== g || rows[i].s < 0)) i--;
		return i >= 0 ? sites[rows[i].s] : null;
	};

	const showSource = () => {
		const box = byId("source"), site = siteOf(current), file = site && files[site.f];
		byId("source-place").textContent = site ? site.p : "";
		const lines = [];
		if (file) {
			const width = String(site.l + 7).length;
			for (let n = Math.max(1, site.l - 7); n <= site.l + 7; n++) {
				if (file.lines[n] === undefined) continue;
				const line = element("div", n === site.l ? "current" : "");
				if (n === site.l) line.setAttribute("aria-current", "step");
				line.append(element("span", "number", (n === site.l ? "▶" : " ") + String(n).padStart(width) + "  "), file.lines[n]);
				lines.push(line);
			}
		}
		if (lines.length === 0) lines.push(element("div", "", words.noSource));
		box.replaceChildren(...lines);
	};

	const showGoroutines = (r) => {
		byId("goroutines").replaceChildren(...lanes.map((l, g) => {
			const tr = element("tr", g === r.g ? "current" : "");
			const head = element("th", "", l.id + " " + l.short);
			head.title = l.name;
			head.scope = "row";
			const kind = g === r.g && state.states[g] === "runnable" ? "running" : state.states[g];
			const object = state.waits[g], by = holders(object);
			const waits = kind !== "blocked" ? "" : !object ? run.waitText[g] || "" : by.length === 0 ? objectName(object) :
				fill(words.heldBy, { object: objectName(object), by: by.map((h) => lanes[h].id).join(", ") });
			tr.append(head, element("td", "whole", words.states[kind]), element("td", "", state.holds[g].map(objectName).join(", ")), element("td", "", waits));
			return tr;
		}));
	};

	const showVariables = () => {
		const known = state.values.size > 0;
		byId("no-variables").hidden = known;
		byId("variables-table").hidden = !known;
		byId("variables").replaceChildren(...[...state.values].map(([name, v]) => {
			const tr = element("tr"), head = element("th", "", name);
			head.scope = "row";
			tr.append(head, element("td", "", v.value), element("td", "", lanes[v.by].id));
			return tr;
		}));
	};

	// onCircle are the goroutines from which one comes back to them.
	const onCircle = (edges) => {
		const next = new Map();
		for (const e of edges) next.set(e.from, (next.get(e.from) || []).concat(e.to));
		const reaches = (from, to) => {
			const seen = new Set(), todo = [...(next.get(from) || [])];
			while (todo.length) {
				const g = todo.pop();
				if (g === to) return true;
				if (!seen.has(g)) { seen.add(g); todo.push(...(next.get(g) || [])); }
			}
			return false;
		};
		return new Set([...next.keys()].filter((g) => reaches(g, g)));
	};

	const showGraph = () => {
		const edges = [];
		lanes.forEach((_, g) => {
			if (state.states[g] === "blocked") for (const h of holders(state.waits[g])) edges.push({ from: g, to: h, object: state.waits[g] });
		});
		byId("no-graph").hidden = edges.length > 0;
		byId("graph").replaceChildren(...(edges.length && edges.length <= 24 ? [drawGraph(edges)] : []));
		byId("graph-text").replaceChildren(...edges.map((e) =>
			element("li", "", fill(e.from === e.to ? words.edgeSelf : words.edge, { g: lanes[e.from].id, next: lanes[e.to].id, object: objectName(e.object) }))));
	};

	const drawGraph = (edges) => {
		const round = onCircle(edges);
		const nodes = [...new Set(edges.flatMap((e) => [e.from, e.to]))].sort((a, b) => a - b);
		const radius = nodes.length === 1 ? 0 : nodes.length === 2 ? 90 : Math.max(80, nodes.length * 24);
		const place = new Map(nodes.map((g, k) => {
			const angle = (2 * Math.PI * k) / nodes.length - (nodes.length === 2 ? Math.PI : Math.PI / 2);
			return [g, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }];
		}));
		const picture = svg("svg", { role: "img", "aria-labelledby": "graph-title", "aria-describedby": "graph-text" });
		const texts = [];
		const box = { left: 0, right: 0, top: 0, bottom: 0 };
		const cover = (px, py, w, h) => {
			box.left = Math.min(box.left, px - w); box.right = Math.max(box.right, px + w);
			box.top = Math.min(box.top, py - h); box.bottom = Math.max(box.bottom, py + h);
		};
		for (const e of edges) {
			const a = place.get(e.from), b = place.get(e.to), kind = round.has(e.from) && round.has(e.to) ? " round" : "";
			let d, tip, turn, at;
			if (e.from === e.to) {
				d = `M${a.x - 14} ${a.y - 16}C${a.x - 50} ${a.y - 76} ${a.x + 50} ${a.y - 76} ${a.x + 17} ${a.y - 24}`;
				tip = { x: a.x + 12, y: a.y - 17 }; turn = 120; at = { x: a.x, y: a.y - 76 };
			} else {
				const dx = b.x - a.x, dy = b.y - a.y, n = Math.hypot(dx, dy), bend = 44;
				const aside = { x: dy / n, y: -dx / n };
				const c = { x: (a.x + b.x) / 2 + aside.x * bend, y: (a.y + b.y) / 2 + aside.y * bend };
				const towards = (p, q, far) => { const l = Math.hypot(q.x - p.x, q.y - p.y); return { x: p.x + ((q.x - p.x) / l) * far, y: p.y + ((q.y - p.y) / l) * far }; };
				const start = towards(a, c, 21), stop = towards(b, c, 29);
				tip = towards(b, c, 21);
				turn = (Math.atan2(b.y - c.y, b.x - c.x) * 180) / Math.PI;
				d = `M${start.x} ${start.y}Q${c.x} ${c.y} ${stop.x} ${stop.y}`;
				at = { x: (a.x + b.x) / 2 + aside.x * (bend / 2 + 14), y: (a.y + b.y) / 2 + aside.y * (bend / 2 + 14), side: aside.x };
			}
			picture.append(svg("path", { d, class: "edge" + kind }));
			picture.append(svg("path", { d: "M0 0l-11 -6v12z", transform: `translate(${tip.x} ${tip.y}) rotate(${turn})`, class: "head" + kind }));
			const name = objectName(e.object), half = name.length * 4;
			const anchor = at.side > 0.4 ? "start" : at.side < -0.4 ? "end" : "middle";
			const text = svg("text", { x: at.x, y: at.y, class: "edge-label " + anchor });
			text.textContent = name;
			texts.push(text);
			cover(at.x + (anchor === "start" ? half : anchor === "end" ? -half : 0), at.y, half + 4, 12);
		}
		for (const g of nodes) {
			const p = place.get(g);
			cover(p.x, p.y, 26, 26);
			picture.append(svg("circle", { cx: p.x, cy: p.y, r: 20, class: "node" + (round.has(g) ? " round" : "") }));
			const text = svg("text", { x: p.x, y: p.y });
			text.textContent = lanes[g].id;
			texts.push(text);
		}
		picture.append(...texts);
		const w = box.right - box.left, h = box.bottom - box.top;
		picture.setAttribute("viewBox", `${box.left} ${box.top} ${w} ${h}`);
		picture.style.maxWidth = w * 1.15 + "px";
		return picture;
	};

	// --- the player

	let current = 0, timer = 0;
	const select = (i) => {
		const row = byId("row" + i);
		if (!row) return;
		const chosen = i === current, r = rows[i];
		row.setAttribute("aria-selected", chosen);
		row.firstChild.textContent = (chosen ? "▸" : "") + r.n + (gutter > 60 && r.s >= 0 ? "  " + sites[r.s].p : "");
	};
	const reveal = () => {
		const head = heads.offsetHeight, top = current * rowHeight + head;
		if (top < scroller.scrollTop + head + rowHeight) scroller.scrollTop = top - head - 2 * rowHeight;
		else if (top > scroller.scrollTop + scroller.clientHeight - 3 * rowHeight) scroller.scrollTop = top - scroller.clientHeight + 4 * rowHeight;
		const left = x(rows[current].g);
		if (left < scroller.scrollLeft + gutter || left > scroller.scrollLeft + scroller.clientWidth - laneWidth / 2) scroller.scrollLeft = left - gutter - 20;
		show();
	};
	const go = (i) => {
		const before = current;
		current = Math.min(rows.length - 1, Math.max(0, i));
		const r = rows[current];
		advance(current);
		reveal();
		select(before);
		select(current);
		list.setAttribute("aria-activedescendant", "row" + current);
		const position = fill(words.position, { n: current + 1, all: rows.length });
		byId("slider").value = current + 1;
		byId("slider").setAttribute("aria-valuetext", position + ". " + sentence(r));
		byId("position").textContent = position;
		byId("now").textContent = sentence(r);
		showSource();
		showGoroutines(r);
		showVariables();
		showGraph();
	};
	const button = byId("play"), icon = button.querySelector("path"), playing = "M12 1a11 11 0 1 0 0 22a11 11 0 0 0 0-22zm0 2.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM8 7h3v10H8zM13 7h3v10h-3z", paused = icon.getAttribute("d");
	const showButton = () => {
		button.setAttribute("aria-label", timer ? words.pause : words.play);
		button.title = timer ? words.pause : words.play;
		icon.setAttribute("d", timer ? playing : paused);
	};
	const stop = () => {
		clearInterval(timer);
		timer = 0;
		showButton();
	};
	const play = () => {
		if (timer) { stop(); return; }
		if (current === rows.length - 1) go(0);
		timer = setInterval(() => { go(current + 1); if (current === rows.length - 1) stop(); }, 900);
		showButton();
	};
	const nextSwitch = () => {
		let i = current + 1;
		while (i < rows.length - 1 && !rows[i].w) i++;
		return i;
	};
	const by = (f) => () => { stop(); go(f()); };

	byId("first").onclick = by(() => 0);
	byId("previous").onclick = by(() => current - 1);
	byId("next").onclick = by(() => current + 1);
	byId("last").onclick = by(() => rows.length - 1);
	byId("switch").onclick = by(nextSwitch);
	byId("play").onclick = play;
	byId("slider").oninput = (e) => { stop(); go(Number(e.target.value) - 1); };
	list.onclick = (e) => { const row = e.target.closest(".row"); if (row) { stop(); go(Number(row.dataset.row)); } };
	for (const b of document.querySelectorAll(".jump")) b.onclick = by(() => Number(b.dataset.row));

	// In the list all keys move; elsewhere only left and right, where nothing else wants them.
	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest("input, .source, .wide, pre")) return;
		const inList = e.target === list;
		const to = { ArrowRight: 1, ArrowLeft: -1 }[e.key] || (inList && { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[e.key]);
		if (to) {
			stop();
			go(current + to);
		} else if (inList && e.key === " ") {
			play();
		} else {
			return;
		}
		e.preventDefault();
	});
	// The list tells of its chosen row itself.
	list.onfocus = () => byId("now").setAttribute("aria-live", "off");
	list.onblur = () => byId("now").setAttribute("aria-live", "polite");
	scroller.onscroll = show;

	document.querySelector("main").hidden = false;
	document.body.classList.toggle("fits", rows.length < 40);
	legend();
	let width = 0;
	new ResizeObserver(() => {
		if (scroller.clientWidth !== width) { width = scroller.clientWidth; layout(); }
	}).observe(scroller);
	layout();
	go(0);
})();
