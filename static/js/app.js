/* What every page needs: loading bar, menus, sheets, dialogs, copying, single keys, and messages when a request
   fails. */
(() => {
  "use strict";

  const root = document.documentElement;
  const text = (name) => document.body.dataset[name] || "";

  /* Loading bar: only what takes longer than 300 ms shows it. */
  const bar = document.getElementById("loading");
  let underWay = 0;
  let timer = 0;
  const showBar = (on) => {
    if (!bar) return;
    bar.hidden = !on;
    bar.classList.toggle("loading--on", on);
  };
  const begin = () => {
    underWay += 1;
    if (underWay === 1) timer = setTimeout(() => showBar(true), 300);
  };
  const finish = () => {
    underWay = Math.max(0, underWay - 1);
    if (underWay === 0) {
      clearTimeout(timer);
      showBar(false);
    }
  };
  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", finish);
  window.addEventListener("pageshow", () => { underWay = 0; clearTimeout(timer); showBar(false); });
  /* A second click would send a form twice and show the answer to the second, which finds the work done. */
  const onTheWay = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.closest("[hx-post], [hx-get], [method=dialog]")) return;
    if (onTheWay.has(form)) {
      event.preventDefault();
      return;
    }
    if (form.matches("[method=post]")) {
      onTheWay.add(form);
      setTimeout(() => onTheWay.delete(form), 3000);  /* the answer may be a file, or none */
    }
    begin();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = link && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
    if (plain && !link.target && !link.hasAttribute("download") && link.origin === location.origin &&
        (link.pathname !== location.pathname || link.search !== location.search)) {
      begin();
      setTimeout(finish, 8000);  /* a download never leaves the page */
    }
  });

  /* Messages */
  const say = (message, tone) => {
    const place = document.getElementById("messages");
    if (!place || !message) return;
    const box = document.createElement("div");
    box.className = `alert alert--${tone}`;
    box.setAttribute("role", tone === "error" ? "alert" : "status");
    const line = document.createElement("p");
    line.textContent = message;
    box.append(line);
    place.replaceChildren(box);
    const seen = place.getBoundingClientRect();
    if (seen.top < 0 || seen.bottom > innerHeight) place.scrollIntoView({block: "center"});
  };
  document.addEventListener("htmx:sendError", () => say(text("lost"), "error"));
  document.addEventListener("htmx:timeout", () => say(text("lost"), "error"));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(text(status === 401 || status === 403 ? "signedOut" : "failed"), "error");
  });
  document.querySelector("[data-focus]")?.focus();

  /* Menus close on Escape and on a click elsewhere. */
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    document.querySelectorAll("details.sheet[open][data-ready]").forEach((sheet) => {
      if (!wide.matches) closeSheet(sheet);
    });
  });

  /* Sheets: a column on wide screens, over the results on narrow ones. */
  const wide = matchMedia("(min-width: 60rem)");
  const closeSheet = (sheet) => { sheet.open = false; sheet.querySelector("summary").focus(); };
  const settleSheets = (within) => within.querySelectorAll("details.sheet[data-sheet]").forEach((sheet) => {
    sheet.open = wide.matches;
    sheet.dataset.ready = "";
  });
  settleSheets(document);
  wide.addEventListener("change", () => settleSheets(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) settleSheets(event.detail.elt.parentNode || event.detail.elt);
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-sheet-close]");
    if (close) closeSheet(close.closest("details"));
    const sheet = event.target.closest("details.sheet[open]");
    if (sheet && !wide.matches && !event.target.closest("summary") && !event.target.closest(".sheet__panel")) closeSheet(sheet);
  });
  document.addEventListener("toggle", (event) => {
    const sheet = event.target;
    if (!sheet.matches?.("details.sheet[data-ready]") || wide.matches) return;
    root.classList.toggle("js-sheet-open", sheet.open);
    if (sheet.open) sheet.querySelector("[data-sheet-close]")?.focus();
  }, true);

  /* Dialogs */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
    if (event.target.matches("dialog.dialog")) {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (outside && event.clientX + event.clientY > 0) event.target.close();
    }
  });

  /* Copying: "#art-28" becomes the page's full address with that anchor. */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    const value = button.dataset.copy;
    const full = value.startsWith("#") || value.startsWith("/") ? new URL(value, location.href).href : value;
    try {
      await navigator.clipboard.writeText(full);
    } catch {
      const field = document.createElement("textarea");
      field.value = full;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const label = button.querySelector("[data-copy-label]") || button;
    if (label.dataset.before) return;
    label.dataset.before = label.textContent;
    label.textContent = button.dataset.copied || text("copied");
    label.setAttribute("aria-live", "polite");
    setTimeout(() => { label.textContent = label.dataset.before; delete label.dataset.before; }, 1600);
  });

  /* On paper a link has a number, and the addresses stand at the end, each once, with the host. */
  const printedLinks = ".prose a[href], .law-text a[href], a.citation[href]";
  const leadsAway = (link) => link.origin === location.origin
    ? link.pathname !== location.pathname || link.search !== location.search
    : link.protocol.startsWith("http");
  const readable = (address) => {
    try {
      return decodeURI(address);
    } catch {
      return address;
    }
  };
  const removeFootnotes = () => document.querySelectorAll("[data-footnote]").forEach((mark) => mark.remove());
  addEventListener("beforeprint", () => {
    removeFootnotes();
    const numbers = new Map();
    document.querySelectorAll(printedLinks).forEach((link) => {
      if (link.closest(".no-print") || !leadsAway(link)) return;
      if (!numbers.has(link.href)) numbers.set(link.href, numbers.size + 1);
      const mark = document.createElement("sup");
      mark.dataset.footnote = "";
      mark.textContent = `[${numbers.get(link.href)}]`;
      link.after(mark);
    });
    if (!numbers.size) return;
    const list = document.createElement("ol");
    list.className = "footnotes";
    list.dataset.footnote = "";
    numbers.forEach((_number, address) => {
      const item = document.createElement("li");
      item.textContent = readable(address);
      list.append(item);
    });
    document.getElementById("content").append(list);
  });
  addEventListener("afterprint", removeFootnotes);

  /* Single keys: one that is pressed alone is sent on as the event `singlekey`, unless something is typed, a dialog is
     open, or they are switched off. Whoever answers to it prevents its default. */
  const typedInto = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  document.addEventListener("keydown", (event) => {
    if (root.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest(typedInto)) return;
    const single = new CustomEvent("singlekey", {detail: event.key, cancelable: true});
    if (!document.dispatchEvent(single)) event.preventDefault();
  });

  /* Forms */
  document.addEventListener("change", (event) => {
    const control = event.target.closest("[data-autosubmit]");
    if (control) control.form.requestSubmit();
  });
})();
