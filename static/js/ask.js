/* The intake form: a draft that survives a lost connection, kept on this device for one person and one session, and
   what becomes of it where the same was asked before. `drafts.js`, on every page, deletes it when the person signs out
   or after a week. */
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

  const restore = (form) => {
    const draft = read(keyOf(form));
    if (!draft || form.elements.text.value.trim()) return;
    for (const name of FIELDS) if (draft[name] && form.elements[name]) form.elements[name].value = draft[name];
    note(form, "draft", true);
    form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Of what others will see, only that of the chosen way of being named. */
  const showNaming = (form) => form.querySelectorAll("[data-naming]").forEach((preview) => {
    preview.hidden = preview.dataset.naming !== form.elements.naming.value;
  });

  const discard = (form) => {
    clearTimeout(timers.get(form));
    forget(keyOf(form));
  };
  const raiseAnyway = (form) => {
    let box = form.elements.raise_anyway;
    if (!box) {
      box = document.createElement("input");
      box.type = "hidden";
      box.name = "raise_anyway";
      box.value = "on";
      form.append(box);
    }
    if (box.type === "checkbox") box.checked = true;
    form.querySelectorAll("details.alike").forEach((list) => { list.open = false; });
    form.querySelector(".button--primary").focus();
  };

  const start = (form) => {
    if (!form || form.dataset.started) return;
    form.dataset.started = "yes";
    restore(form);
    showNaming(form);
    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-discard-draft]")) discard(form);
      if (event.target.closest("[data-raise-anyway]")) raiseAnyway(form);
    });
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
    discard(form);
  });
  /* The list of what is alike stays open while it changes with the words. */
  let wasOpen = false;
  const listIn = (target) => target.id === "ask-similar" && target.querySelector("details");
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    const list = listIn(target);
    if (target.id === "ask-similar") wasOpen = Boolean(list && list.open);
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    const list = listIn(target);
    if (list) list.open = wasOpen;
  });
  /* On the page of a session the form is folded; its link opens it, and whoever opens it writes. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-unfold]");
    if (link) document.getElementById(link.dataset.unfold).open = true;
  });
  const write = (fold) => {
    const text = fold.querySelector("[name=text]");
    if (fold.open && text) text.focus();
  };
  document.addEventListener("toggle", ({ target }) => { if (target.id === "ask") write(target); }, true);
  document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
    if (elt.parentNode && elt.parentNode.id === "ask") write(elt.parentNode);
  });
  if (location.hash === "#ask" && document.getElementById("ask")) document.getElementById("ask").open = true;
  document.addEventListener("htmx:sendError", () => connection());
  window.addEventListener("online", connection);
  window.addEventListener("offline", connection);
})();
