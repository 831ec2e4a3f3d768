/* What tests measure on a page, in the page: put into every page by tests/chromium.py. Lengths are in CSS pixels. */
window.measures = (function () {
  "use strict";
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isFolded = (e) => e.closest("details:not([open]) > :not(summary)");
  const words = (e) => (e.textContent || e.id).trim().slice(0, 24);

  /* How far the page sticks out at this text size (percent), and texts that are cut off. */
  function overflow(percent) {
    document.documentElement.style.fontSize = percent + "%";
    const cut = all("main *, header *, nav *").filter((e) => {
      const s = getComputedStyle(e);
      const isHidden = s.overflow === "hidden" && s.position !== "absolute";
      return isHidden && !e.children.length && e.textContent.trim() && e.scrollWidth > e.clientWidth + 1;
    });
    const over = document.documentElement.scrollWidth - window.innerWidth;
    document.documentElement.style.fontSize = "";
    return [over, cut.map(words)];
  }

  /* Controls smaller than this; links in a sentence may be. */
  function small(least) {
    return all(CONTROLS).filter((e) => {
      const s = getComputedStyle(e);
      let box = e.getBoundingClientRect();
      if (s.display === "none" || s.visibility === "hidden" || !box.width || e.classList.contains("skip")) { return false; }
      if (isFolded(e) || (s.display === "inline" && e.tagName === "A")) { return false; }
      const label = e.matches("input") && (e.closest("label") || document.querySelector(`label[for="${e.id}"]`));
      if (label && label.getBoundingClientRect().height >= least) { box = label.getBoundingClientRect(); }
      return box.width < least - 0.5 || box.height < least - 0.5;
    }).map(words);
  }

  /* What is wrong with language, headings and landmarks, by name; "" where nothing is. */
  function structure(lang) {
    const heads = all("h1, h2, h3, h4").map((h) => +h.tagName[1]);
    const isWhole = document.querySelector('a.skip[href="#main"]') && all("main").length === 1 && document.querySelector("#main");
    return {
      lang: document.documentElement.lang === lang ? "" : document.documentElement.lang || "none",
      title: document.title ? "" : "none",
      h1: heads.filter((h) => h === 1).length === 1 ? "" : `headings ${heads}`,
      "heading jump": heads.some((h, i) => i && h > heads[i - 1] + 1) ? `headings ${heads}` : "",
      "skip link and main": isWhole ? "" : "none",
      "too wide": Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
    };
  }

  /* Whether the page as it came holds the same words and controls as the page with its script. */
  function sameWords(html) {
    const of = (body) => `${body.querySelectorAll("form, a[href], button").length} ${body.textContent.replace(/\s+/g, " ").trim()}`;
    return of(new DOMParser().parseFromString(html, "text/html").body) === of(document.body);
  }

  /* How many stops the Tab key should make. */
  function stops() {
    const radios = new Set();
    return all(`${CONTROLS}, [tabindex="0"]`).filter((e) => {
      if (isFolded(e) || !e.getClientRects().length || (e.type === "radio" && radios.has(e.name))) { return false; }
      if (e.type === "radio") { radios.add(e.name); }
      return true;
    }).length;
  }

  /* Where the focus is: nowhere (null), "again", or its name and what is wrong with it ("" for nothing). */
  function focus() {
    const e = document.activeElement;
    if (!e || e === document.body) { return null; }
    if (e.dataset.seen) { return "again"; }
    e.dataset.seen = "1";
    const isCard = e.matches("input[type=radio], input[type=checkbox]") && e.nextElementSibling?.matches("label");
    const seen = isCard ? e.nextElementSibling : e;
    const s = getComputedStyle(seen);
    const box = seen.getBoundingClientRect();
    const x = Math.min(window.innerWidth - 2, Math.max(1, box.left + box.width / 2));
    const y = Math.min(window.innerHeight - 2, Math.max(1, box.top + Math.min(box.height / 2, 20)));
    const top = document.elementFromPoint(x, y);
    const isOutlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
    const isInside = box.bottom > 0 && box.top < window.innerHeight;
    const isFree = isInside && top && (seen.contains(top) || top.contains(seen) || e.contains(top));
    return { name: `${e.tagName} ${words(e)}`, fault: isOutlined ? (isFree ? "" : "covered") : "not visible" };
  }

  return { overflow, small, structure, sameWords, stops, focus };
}());
