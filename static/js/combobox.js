/* Search boxes that offer records and queries while one types: the combobox pattern of ARIA 1.2, list without
   automatic choice. Plain text can be submitted at any time; without this script the box is a plain field. */
(() => {
  "use strict";

  const WAIT = 150;
  const MAX_QUERIES = 3;
  const MOST = 8;
  const LEAST_HEIGHT = 132;
  const GAP = 12;

  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    made.className = name;
    if (text) made.textContent = text;
    return made;
  };

  /* The part of a text that was typed, marked. */
  const marked = (text, typed) => {
    const line = element("span", "combobox__text");
    const start = text.toLowerCase().indexOf(typed.toLowerCase());
    if (!typed || start < 0) {
      line.textContent = text;
      return line;
    }
    const found = element("mark", "", text.slice(start, start + typed.length));
    line.append(text.slice(0, start), found, text.slice(start + typed.length));
    return line;
  };

  const enhance = (box) => {
    const input = box.querySelector("input");
    const list = box.querySelector("[data-combobox-list]");
    const status = box.querySelector("[data-combobox-status]");
    let timer = 0;
    let request = null;
    let asked = "";
    let options = [];
    let active = -1;

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-haspopup", "listbox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    list.setAttribute("role", "listbox");

    const isOpen = () => !list.hidden;

    /* Never longer than what a phone's keyboard leaves free. */
    const fit = () => {
      if (!isOpen()) return;
      const seen = window.visualViewport;
      const bottom = seen ? seen.offsetTop + seen.height : window.innerHeight;
      const free = bottom - list.getBoundingClientRect().top - GAP;
      list.style.maxHeight = `${Math.max(LEAST_HEIGHT, Math.floor(free))}px`;
    };

    const choose = (place) => {
      options[active]?.row.setAttribute("aria-selected", "false");
      active = place;
      const chosen = options[active];
      if (!chosen) return input.removeAttribute("aria-activedescendant");
      chosen.row.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", chosen.row.id);
      chosen.row.scrollIntoView({block: "nearest"});
    };

    /* From one option to the next or the one before; between the last and the first nothing is chosen. */
    const move = (step) => {
      const stops = options.length + 1;
      choose((active + 1 + step + stops) % stops - 1);
    };

    const close = () => {
      choose(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      status.textContent = "";
    };

    const forget = () => {
      clearTimeout(timer);
      request?.abort();
      request = null;
    };

    const open = () => {
      if (!options.length) return;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      status.textContent = status.dataset.text.replace("{count}", options.length);
      fit();
    };

    const follow = (option, apart) => {
      if (apart) return void window.open(option.url, "_blank", "noopener");
      forget();
      close();
      location.assign(option.url);
    };

    const row = (place, url, ...parts) => {
      const made = element("div", "combobox__option");
      made.id = `${list.id}-${place}`;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", "false");
      made.append(...parts);
      const option = {row: made, url};
      made.addEventListener("click", (event) => follow(option, event.ctrlKey || event.metaKey));
      made.addEventListener("auxclick", (event) => { if (event.button === 1) follow(option, true); });
      return option;
    };

    const fill = ({suggestions = [], queries = []}, typed) => {
      const offered = queries.slice(0, MAX_QUERIES);
      const records = suggestions.slice(0, MOST - offered.length);
      choose(-1);
      options = [
        ...offered.map((query, place) => {
          const sign = element("span", "combobox__sign");
          const hint = element("span", "visually-hidden", `${list.dataset.queryLabel} `);
          return row(place, query.url, sign, hint, marked(query.text, typed));
        }),
        ...records.map((record, place) => {
          const line = element("span", "combobox__line");
          if (record.kind) line.append(element("span", "tag tag--brand", record.kind));
          if (record.number) line.append(" ", element("span", "number", record.number));
          return row(place + offered.length, record.url, marked(record.title, typed), " ", line);
        }),
      ];
      list.replaceChildren(...options.map((option) => option.row));
      if (options.length) open(); else close();
    };

    const ask = async () => {
      clearTimeout(timer);
      const typed = input.value.trim();
      if (typed === asked && isOpen()) return;
      request?.abort();
      asked = typed;
      if (!typed) {
        options = [];
        return close();
      }
      const mine = request = new AbortController();
      try {
        const address = `${box.dataset.combobox}?${new URLSearchParams({q: typed})}`;
        const answer = await fetch(address, {headers: {Accept: "application/json"}, signal: mine.signal});
        const found = answer.ok ? await answer.json() : {};
        if (request === mine && document.activeElement === input) fill(found, typed);
      } catch {
        /* offered as a courtesy: without it the box works as before */
        if (request === mine) close();
      }
    };

    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    };

    input.addEventListener("input", (event) => { if (!event.isComposing) later(); });
    input.addEventListener("compositionend", later);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (isOpen()) return move(step);
        if (!options.length || input.value.trim() !== asked) return void ask().then(() => isOpen() && move(step));
        open();
        move(step);
      } else if (event.key === "Enter") {
        if (isOpen() && active >= 0) {
          event.preventDefault();
          follow(options[active], event.ctrlKey || event.metaKey);
        } else {
          forget();
          close();
        }
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        forget();
        close();
      } else if (event.key === "Tab") {
        close();
      }
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());  /* the box keeps the focus */
    input.addEventListener("blur", () => { forget(); close(); });
    window.addEventListener("pageshow", close);
    window.visualViewport?.addEventListener("resize", fit);
  };

  /* The key / leads to the box (`singlekey` comes from app.js). */
  document.addEventListener("singlekey", (event) => {
    if (event.detail !== "/") return;
    const input = [...document.querySelectorAll("[data-combobox] input")].find((box) => box.offsetParent);
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  document.querySelectorAll("[data-combobox]").forEach(enhance);
})();
