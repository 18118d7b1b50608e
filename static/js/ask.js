/* The intake form: a draft that survives a lost connection, kept on this device for one person and one session.
   `drafts.js`, on every page, deletes it when the person signs out or after a week. */
(() => {
  "use strict";
  const PREFIX = "tongtang-draft:";
  const WEEK = 7 * 24 * 3600 * 1000;
  const FIELDS = ["text", "kind", "activity", "naming", "submission_key"];

  const read = (key) => {
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      return draft && Date.now() - draft.at < WEEK ? draft : null;
    } catch {
      return null;
    }
  };
  const forget = (key) => localStorage.removeItem(key);
  /* What would be kept in a moment, by form: once the form is sent nothing may write the draft again. */
  const timers = new WeakMap();
  const keyOf = (form) => PREFIX + form.dataset.draft;
  const note = (form, name, shown) => {
    const element = form.querySelector(`[data-${name}-note]`);
    if (element) element.hidden = !shown;
  };

  const keep = (form) => {
    if (!form.elements.text.value.trim()) {
      forget(keyOf(form));
      note(form, "draft", false);
      return;
    }
    const draft = { at: Date.now() };
    for (const name of FIELDS) draft[name] = form.elements[name] ? form.elements[name].value : "";
    localStorage.setItem(keyOf(form), JSON.stringify(draft));
    note(form, "draft", true);
  };

  /* Of what others will see, only the line of the way that is chosen. */
  const showNaming = (form) => form.querySelectorAll("[data-naming]").forEach((line) => {
    line.hidden = line.dataset.naming !== form.elements.naming.value;
  });

  const restore = (form) => {
    const draft = read(keyOf(form));
    if (!draft || form.elements.text.value.trim()) return;
    for (const name of FIELDS) if (draft[name] && form.elements[name]) form.elements[name].value = draft[name];
    note(form, "draft", true);
    form.elements.text.dispatchEvent(new Event("keyup", { bubbles: true }));
  };

  const start = (form) => {
    if (!form || form.dataset.started) return;
    form.dataset.started = "yes";
    restore(form);
    showNaming(form);
    form.addEventListener("input", () => {
      showNaming(form);
      clearTimeout(timers.get(form));
      timers.set(form, setTimeout(() => keep(form), 300));
    });
    form.addEventListener("submit", (event) => {
      clearTimeout(timers.get(form));
      keep(form);
      note(form, "offline", !navigator.onLine);
      if (!navigator.onLine) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, true);
    note(form, "offline", !navigator.onLine);
  };

  const find = (root) => root.querySelectorAll("form[data-draft]").forEach(start);
  const connection = () => document.querySelectorAll("form[data-draft]").forEach((form) => note(form, "offline", !navigator.onLine));

  document.addEventListener("DOMContentLoaded", () => find(document));
  if (document.readyState !== "loading") find(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target.matches && event.target.matches("form[data-draft]")) start(event.target);
    find(event.target);
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt;
    if (!form.dataset || !form.dataset.draft || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    clearTimeout(timers.get(form));
    forget(keyOf(form));
  });
  document.addEventListener("htmx:sendError", () => connection());
  window.addEventListener("online", connection);
  window.addEventListener("offline", connection);
})();
