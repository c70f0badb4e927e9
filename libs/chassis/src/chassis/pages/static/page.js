// Charts, countdowns, one-key buttons, messages. No other script runs on these pages.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const palette = dark ? ["#5aaef0", "#f1a65c", "#6fcf97", "#ff8a9b", "#b3a2f0", "#5fd0dd", "#d1b07a", "#a2b0bd",
    "#e08fd4", "#b4cf4b", "#9fd3e6", "#f3d19c"] : ["#0b5fa5", "#d9822b", "#2e8b57", "#b3364a", "#6f5bb5", "#2a9db0", "#8a6d3b", "#647184",
    "#c45ab3", "#7a9a01", "#114b5f", "#e0a96d"];

  function drawCharts(root) {
    if (!window.echarts) return;
    for (const place of root.querySelectorAll("[data-chart]")) {
      const chart = echarts.getInstanceByDom(place) || echarts.init(place, dark ? "dark" : null, { renderer: "canvas" });
      const option = Object.assign({
        color: palette,
        aria: { enabled: true },
        animationDuration: 300,
        backgroundColor: "transparent",
        textStyle: { fontFamily: "inherit" },
      }, JSON.parse(place.dataset.chart));
      // Tooltips are drawn, not inserted as HTML: names in the data stay text, and no inline style is needed.
      option.tooltip = Object.assign({ trigger: "axis" }, option.tooltip, { renderMode: "richText" });
      chart.setOption(option, true);
    }
  }

  function forgetCharts(root) {
    if (!window.echarts || !root.querySelectorAll) return;
    for (const place of root.querySelectorAll("[data-chart]")) {
      const chart = echarts.getInstanceByDom(place);
      if (chart) chart.dispose();
    }
  }

  // The page's clock is the platform's business time at rendering, running on from there.
  const rendered = Date.parse(document.body.dataset.now);
  const opened = Date.now();
  const zh = document.documentElement.lang.startsWith("zh");

  function words(milliseconds) {
    const minutes = Math.floor(Math.abs(milliseconds) / 60000);
    const parts = [[Math.floor(minutes / 1440), zh ? "天" : " d"], [Math.floor(minutes / 60) % 24, zh ? "小时" : " h"],
      [minutes % 60, zh ? "分" : " min"]].filter(([value]) => value).slice(0, 2).map(([value, unit]) => value + unit);
    const span = parts.join(zh ? "" : " ") || (zh ? "0分" : "0 min");
    if (milliseconds > 0) return zh ? "剩余" + span : span + " left";
    return zh ? "超时" + span : span + " late";
  }

  function tick() {
    const now = rendered + (Date.now() - opened);
    for (const place of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(place.dataset.due) - now;
      place.textContent = words(left);
      place.classList.toggle("late", left <= 0);
    }
  }

  function notify(text) {
    const place = document.getElementById("notice");
    place.textContent = text;
    place.hidden = false;
    setTimeout(() => { place.hidden = true; }, 8000);
  }

  // crypto.randomUUID is missing where a desk is reached over plain HTTP.
  function freshKey() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function typing(target) {
    return target.closest && target.closest("input, textarea, select, [contenteditable]");
  }

  // Ctrl+Enter sends a form that says so, from any of its fields.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest && event.target.closest("form[data-ctrl-enter]");
    const button = form && form.querySelector("button.main");
    if (button && !button.disabled) { form.requestSubmit(button); event.preventDefault(); }
  });

  // Where a list says so, its first row is under the keys from the beginning, and again after each decision.
  function startAtFirst() {
    if (document.activeElement && document.activeElement !== document.body) return;
    const first = document.querySelector("[data-first] tr[data-row]");
    if (first) (first.querySelector("a, button") || first).focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const rows = [...document.querySelectorAll("tr[data-row]")];
    if ((event.key === "j" || event.key === "k") && rows.length) {
      const at = rows.indexOf(document.activeElement.closest("tr[data-row]"));
      const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      (next.querySelector("a, button") || next).focus();
      event.preventDefault();
      return;
    }
    // A key held down must not decide the next row too.
    if (event.repeat || !/^[a-z0-9]$/.test(event.key)) return;
    const row = document.activeElement.closest("tr[data-row]");
    // A row's own buttons answer only while the focus is in that row.
    const buttons = [...document.querySelectorAll(`[data-key="${event.key}"]`)];
    const button = buttons.find((each) => row && row.contains(each)) ||
      buttons.find((each) => !each.closest("tr[data-row]"));
    if (button && !button.disabled) { button.click(); event.preventDefault(); }
  });

  // Everything that can be picked, or nothing where all is picked already.
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-select]");
    if (!button) return;
    const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${button.dataset.select}"]`)];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });

  // Files that travel in the form: what is too large is said before it is sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.dataset || !input.dataset.together) return;
    const files = [...input.files];
    const large = files.reduce((sum, file) => sum + file.size, 0) > Number(input.dataset.together);
    const bad = large ? input.dataset.large : files.length > Number(input.dataset.most) ? input.dataset.many : "";
    input.setCustomValidity(bad);
    input.reportValidity();
  });

  // A chosen file goes to intake at once; the form carries only the id it gave.
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.dataset || !input.dataset.attach) return;
    const form = input.form;
    const told = input.parentElement.querySelector("[data-attached]");
    let sent = 0;
    const buttons = form.querySelectorAll("button");
    for (const old of form.querySelectorAll(`input[type=hidden][data-of="${input.dataset.attach}"]`)) old.remove();
    for (const button of buttons) button.disabled = true;
    try {
      for (const file of [...input.files].slice(0, Number(input.dataset.most))) {
        const answer = await fetch("/attachments", { method: "POST", body: file, headers: {
          "Content-Type": file.type, "Idempotency-Key": freshKey(), "X-Requested-With": "page", "HX-Request": "true" } });
        const kept = await answer.json();
        if (!answer.ok) throw new Error(kept.detail || kept.title);
        const hidden = document.createElement("input");
        Object.assign(hidden, { type: "hidden", name: input.dataset.attach, value: kept.attachment_id });
        hidden.dataset.of = input.dataset.attach;
        form.append(hidden);
        sent += 1;
        if (told) told.textContent = `${told.dataset.attached} ${sent}`;
      }
    } catch (error) {
      input.value = "";
      notify(error.message || document.getElementById("notice").dataset.failed);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => { drawCharts(event.detail.elt); tick(); startAtFirst(); });
  document.addEventListener("htmx:beforeCleanupElement", (event) => forgetCharts(event.detail.elt));
  // A form that is refused comes back as a page that names the fields; any other refusal is a short message.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status < 400 || xhr.status >= 500 || !(xhr.getResponseHeader("Content-Type") || "").startsWith("text/html")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const place = document.getElementById("notice");
    let text = place.dataset.failed;
    try { const told = JSON.parse(event.detail.xhr.responseText); text = told.detail || told.title || text; } catch { /* not JSON */ }
    notify(text);
  });
  document.addEventListener("htmx:sendError", () => notify(document.getElementById("notice").dataset.offline));
  window.addEventListener("resize", () => {
    if (window.echarts) for (const place of document.querySelectorAll("[data-chart]")) echarts.getInstanceByDom(place)?.resize();
  });

  // A live part of a page loads itself again when its stream says so, but not under somebody who is reading in it.
  for (const place of document.querySelectorAll("[data-live]")) {
    let newest = place.dataset.seen;
    const refresh = () => {
      if (newest === place.dataset.seen || place.querySelector(".explanation[open]")) return;
      place.dataset.seen = newest;
      htmx.trigger(place, "changed");
    };
    const stream = new EventSource(place.dataset.live);
    stream.addEventListener("changed", (event) => { newest = event.data; refresh(); });
    place.addEventListener("toggle", refresh, true);
  }

  const login = document.querySelector("form[data-login]");
  if (login && location.hash.length > 20) {
    login.elements.token.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    login.submit();
  }
  document.querySelector(".top [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  drawCharts(document);
  tick();
  startAtFirst();
  setInterval(tick, 20000);
})();
