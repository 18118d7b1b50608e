/* The analyst's desk: keys, records to pick, and a word before typed text is lost. */
(() => {
  "use strict";

  /* Keys: a link or button with data-key answers to its letter (`singlekey` comes from app.js). */
  const press = (key) => {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return false;
    if (target.matches("input")) {
      target.focus();
      target.select();
    } else if (target.getAttribute("aria-current") === "page") {
      document.querySelector(".work__form input:not([type=hidden]), .work__form textarea")?.focus();
    } else {
      target.click();
    }
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    /* Out of a field, single keys work again. */
    if (event.key === "Escape" && event.target.matches("input, textarea, select")) event.target.blur();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form?.matches(".work__form")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("singlekey", (event) => { if (press(event.detail)) event.preventDefault(); });
  const current = document.querySelector(".queue__item[aria-current]");
  const list = current?.closest(".queue");
  if (list && list.scrollHeight > list.clientHeight) {
    /* The list keeps its place from one question to the next, as long as the open one is in sight. */
    const kept = `desk-list:${new URLSearchParams(location.search).get("queue")}`;
    list.scrollTop = Number(sessionStorage.getItem(kept));
    const isSeen = current.offsetTop >= list.scrollTop &&
      current.offsetTop + current.offsetHeight <= list.scrollTop + list.clientHeight;
    if (!isSeen) list.scrollTop = current.offsetTop - list.clientHeight / 3;
    addEventListener("pagehide", () => sessionStorage.setItem(kept, list.scrollTop));
  }

  /* Picking: Enter searches and does not send the form; what is ticked moves to the list of the chosen. */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-pick-query]")) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const suggested = event.target.closest?.("[data-suggested]");
    if (suggested) showSuggested(suggested);
    const query = suggested?.closest("[data-picker]").querySelector("[data-pick-query]");
    if (!query || query.value || !query.dataset.otherwise || suggested.querySelector("li")) return;
    query.value = query.dataset.otherwise;
    htmx.trigger(query, "search");
  });
  /* What was typed before this script came, or what Back has brought back, is looked for. */
  document.addEventListener("htmx:load", (event) => {
    event.target.querySelectorAll("[data-pick-query]").forEach((query) => {
      if (query.value) htmx.trigger(query, "search");
    });
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const own = event.target.closest?.("[data-own]")?.dataset.own;
    if (own) event.target.querySelectorAll("input").forEach((box) => { if (box.value === own) box.closest("li").remove(); });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "law") event.target.focus({preventScroll: true});
  });
  const showSuggested = (list) => { list.closest(".picker__suggested").hidden = !list.querySelector("li"); };
  const chosenRow = (box, row) => {
    const item = document.createElement("li");
    item.className = "picked";
    const label = document.createElement("label");
    const words = document.createElement("span");
    const number = row.querySelector(".number");
    if (number && number.textContent.trim()) {
      const copy = document.createElement("span");
      copy.className = "number";
      copy.textContent = number.textContent;
      words.append(copy, " ");
    }
    words.append(row.querySelector("a")?.textContent.trim() || box.value);
    label.append(box, words);
    item.append(label);
    return item;
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches("[data-results] input[type=checkbox]") || !box.checked) return;
    const picker = box.closest("[data-picker]");
    const row = box.closest("li");
    const suggested = row.closest("[data-suggested]");
    const known = [...picker.querySelectorAll("[data-picked] input")].find((each) => each.value === box.value);
    if (known) {
      known.checked = true;
      row.remove();
    } else {
      const item = chosenRow(box, row);
      row.remove();
      picker.querySelector("[data-picked]").append(item);
      box.focus();
    }
    if (suggested) showSuggested(suggested);
  });

  /* Topics: a group says how many of it are ticked, and hands them to the chosen ones when it is closed. */
  const countTopics = (group) => {
    const ticked = group.querySelectorAll("input:checked").length;
    group.querySelector("[data-topics-count]").textContent = ticked ? `✓ ${ticked}` : "";
  };
  document.addEventListener("change", (event) => {
    const group = event.target.closest("[data-topics]");
    if (group) countTopics(group);
  });
  document.addEventListener("toggle", (event) => {
    const group = event.target;
    if (!group.matches("[data-topics]") || group.open) return;
    const chosen = document.querySelector("[data-topics-chosen]");
    group.querySelectorAll("input:checked").forEach((box) => chosen.append(box.parentElement));
    countTopics(group);
  }, true);

  /* Closing: the picker is for duplicates, and an offered reply follows the reason as long as nobody changed it. */
  const reply = document.querySelector("[data-reply]");
  if (reply) {
    const offered = {duplicate: reply.dataset.replyDuplicate, not_ours: reply.dataset.replyNot_ours};
    const settle = () => {
      const reason = document.querySelector(".work__form [name=reason]:checked")?.value || "";
      document.querySelectorAll("[data-for-reason]").forEach((part) => { part.hidden = part.dataset.forReason !== reason; });
      const untouched = !reply.value.trim() || Object.values(offered).includes(reply.value.trim());
      if (reason && untouched) reply.value = offered[reason];
    };
    document.addEventListener("change", (event) => { if (event.target.matches(".work__form [name=reason]")) settle(); });
    settle();
  }

  /* Typed text is not lost by a stray click. */
  document.querySelectorAll("form[data-guard]").forEach((form) => {
    let changed = false;
    form.addEventListener("input", (event) => { if (!event.target.matches("[data-pick-query]")) changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (!changed) return;
      event.preventDefault();
      event.returnValue = "";  /* what browsers before 2023 listen to */
    });
  });
})();
