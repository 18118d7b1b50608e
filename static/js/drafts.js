/* The shared computer: what was typed is kept for the person who typed it, survives Back, and goes with the sign-out. */
(() => {
  "use strict";
  const { person = "" } = document.currentScript.dataset;
  const DRAFT = "tongtang-draft:";  /* localStorage, by ask.js: tongtang-draft:<person>:<session> */
  const FORM = "tongtang-form:";  /* sessionStorage, by this script: tongtang-form:<person>:<address and form> */
  const SIGNED_OUT = "tongtang-signed-out";
  const WEEK = 7 * 24 * 3600 * 1000;
  const KEPT = "textarea, select, input[name*=revision], " +
    "input:not([type=password]):not([type=file]):not([type=submit]):not([type=button]):not([type=hidden])";
  const touched = new Set();
  let isLeaving = false;

  /* A browser may refuse its storage; then nothing is kept and nothing is to be deleted. */
  const storages = () => {
    try {
      return [localStorage, sessionStorage];
    } catch {
      return [];
    }
  };
  const entries = () => storages().flatMap((storage) => Object.keys(storage)
    .filter((key) => key.startsWith(DRAFT) || key.startsWith(FORM))
    .map((key) => {
      let value = null;
      try {
        value = JSON.parse(storage.getItem(key));
      } catch { /* not ours, or cut off: deleted as expired */ }
      return { key, value, owner: key.split(":")[1], remove: () => storage.removeItem(key) };
    }));
  const isExpired = ({ value }) => !value || !(Date.now() - value.at < WEEK);
  /* Without a person (in the admin) all of them go: better a text lost than one read by the next. */
  const own = () => entries().filter(({ owner }) => !person || owner === person);

  const forms = () => [...document.querySelectorAll("form[method=post]")].filter((form) =>
    person && !form.dataset.draft && form.querySelector("textarea, input[type=text]") && !form.querySelector("[type=password]"));
  const keyOf = (form) => {
    const action = form.getAttribute("action") || "";
    const same = forms().filter((other) => (other.getAttribute("action") || "") === action);
    return `${FORM}${person}:${location.pathname}${location.search}#${action}#${same.indexOf(form)}`;
  };
  const save = (form, unsent) => {
    const fields = [...form.querySelectorAll(KEPT)].filter(({ name }) => name)
      .map(({ name, type, value, checked }) => ({ name, type, value, checked }));
    try {
      sessionStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), unsent, fields }));
    } catch { /* full or refused */ }
  };
  const restore = (form) => {
    const entry = entries().find(({ key }) => key === keyOf(form));
    if (!entry || isExpired(entry)) return;
    const controls = [...form.querySelectorAll(KEPT)];
    for (const { name, type, value, checked } of entry.value.fields) {
      const isChoice = type === "radio" || type === "checkbox";
      const at = controls.findIndex((control) => control.name === name && (!isChoice || control.value === value));
      if (at < 0) continue;
      const [control] = controls.splice(at, 1);
      if (isChoice) control.checked = checked;
      else control.value = value;
    }
  };

  const isSignOut = (form) => /\/logout\/$/.test(form.getAttribute("action") || "");
  const signOut = (event) => {
    const ownEntries = own();
    /* The page at that address says what will be deleted; its own button is the answer. */
    const isAsked = new URL(event.target.action).pathname === location.pathname;
    if (!isAsked && ownEntries.some(({ value }) => value.unsent !== false)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      location.assign(event.target.action);
      return;
    }
    isLeaving = true;
    ownEntries.forEach(({ remove }) => remove());
    /* Other tabs of this browser hear of it and load anew, as a visitor. */
    try {
      localStorage.setItem(SIGNED_OUT, String(Date.now()));
    } catch { /* refused */ }
  };

  entries().filter(isExpired).forEach(({ remove }) => remove());
  /* A page that is opened anew is blank; Back and a reload bring the text again, as browsers do without `no-store`. */
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation && ["back_forward", "reload"].includes(navigation.type)) forms().forEach(restore);

  document.addEventListener("input", ({ target }) => {
    if (!target.form || !forms().includes(target.form)) return;
    touched.add(target.form);
    save(target.form, true);
  });
  document.addEventListener("submit", (event) => {
    if (isSignOut(event.target)) {
      touched.forEach((form) => { if (form.isConnected) save(form, true); });
      signOut(event);
    }
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !touched.delete(event.target)) return;
    save(event.target, false);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful || !touched.delete(detail.elt)) return;
    entries().filter(({ key }) => key === keyOf(detail.elt)).forEach(({ remove }) => remove());
  });
  window.addEventListener("pagehide", () => {
    if (!isLeaving) touched.forEach((form) => { if (form.isConnected) save(form, true); });
  });
  window.addEventListener("storage", ({ key }) => {
    if (key !== SIGNED_OUT) return;
    isLeaving = true;
    own().forEach(({ remove }) => remove());
    location.reload();
  });
  /* A page from the browser's memory shows what its last reader saw. */
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
})();
